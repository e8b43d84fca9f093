// A generic lambda converted to a function pointer.
// expect-reachable: for_int
// expect-unreachable: for_char
extern "C" void for_int() {}
extern "C" void for_char() {}
static void hit(int) { for_int(); }
static void hit(char) { for_char(); }
int main() {
  void (*p)(int) = [](auto value) { hit(value); };
  p(1);
}
