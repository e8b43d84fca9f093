// A function template counts for the types that it is instantiated with.
// expect-reachable: for_int
// expect-unreachable: for_char
extern "C" void for_int() {}
extern "C" void for_char() {}
inline void hit(int) { for_int(); }
inline void hit(char) { for_char(); }
template <typename T>
void run(T value) {
  hit(value);
}
int main() { run(1); }
