// Direct and mutual recursion end, and lose nothing.
// expect-edge: even -> odd
// expect-edge: odd -> even
// expect-edge: odd -> leaf
// expect-complete
static int odd(int n);
static void leaf(void) {}
static int even(int n) { return n ? odd(n - 1) : 1; }
static int odd(int n) {
  leaf();
  return n ? even(n - 1) : 0;
}
int main(int argc, char **argv) { return even(argc); }
