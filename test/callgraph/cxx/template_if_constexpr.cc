// The branch that `if constexpr` discards does not exist.
// expect-reachable: for_pointers
// expect-unreachable: for_values
extern "C" void for_pointers() {}
extern "C" void for_values() {}
template <typename T>
constexpr bool is_pointer = false;
template <typename T>
constexpr bool is_pointer<T*> = true;
template <typename T>
void run(T) {
  if constexpr (is_pointer<T>)
    for_pointers();
  else
    for_values();
}
int main() { run("text"); }
