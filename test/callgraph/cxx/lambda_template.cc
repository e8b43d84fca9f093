// A lambda with template parameters, forwarding a pack.
// expect-reachable: for_int
// expect-reachable: for_char
extern "C" void for_int() {}
extern "C" void for_char() {}
static void hit(int) { for_int(); }
static void hit(char) { for_char(); }
int main() {
  auto each = []<typename... T>(T... values) { (hit(values), ...); };
  each(1, 'c');
}
