// The type of the target chooses among overloads whose address is taken.
// expect-reachable: for_int
// expect-unreachable: for_char
extern "C" void for_int() {}
extern "C" void for_char() {}
static void run(int) { for_int(); }
static void run(char) { for_char(); }
int main() {
  void (*p)(int) = run;
  p(1);
}
