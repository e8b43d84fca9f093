// The address of a template's instance, also as a template argument.
// expect-reachable: by_address
// expect-reachable: by_argument
extern "C" void by_address() {}
extern "C" void by_argument() {}
template <typename T>
void first(T) {
  by_address();
}
static void second() { by_argument(); }
template <void (*F)()>
void apply() {
  F();
}
int main() {
  void (*p)(int) = first<int>;
  p(1);
  void (*q)() = apply<second>;
  q();
}
