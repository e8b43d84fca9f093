// _Generic selects at compile time; the other branches do not exist.
// expect-edge: main -> for_int
// expect-no-edge: main -> for_long
// expect-unreachable: for_long
static void for_int(void) {}
void for_long(void) {}
int main(void) {
  _Generic(1, int: for_int, long: for_long)();
  return 0;
}
