// GNU's range designator fills the gaps of a dispatch table.
// expect-edge: main -> f
// expect-edge: main -> g
static void f(void) {}
static void g(void) {}
static void (*const table[256])(void) = {[0 ... 255] = f, ['q'] = g};
int main(int argc, char **argv) {
  table[(unsigned char)argv[0][0]]();
  return 0;
}
