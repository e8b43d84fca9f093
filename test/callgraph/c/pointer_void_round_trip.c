// Through void* and back: every cast back yields what escaped.
// expect-edge: main -> f
// expect-no-edge: main -> kept
// expect-edge: run -> kept
static int f(void) { return 1; }
static int kept(int n) { return n; }
static int (*other)(int) = kept;
static int run(void) { return other(2); }
static void *lookup(const char *name) { return *name ? (void *)f : 0; }
int main(int argc, char **argv) {
  int (*p)(void) = (int (*)(void))lookup(argv[0]);
  return p() + run();
}
