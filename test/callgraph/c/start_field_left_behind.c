// Start-up fills a table of operations that main calls.
// expect-edge: main -> fast
// expect-edge: main -> slow
struct ops {
  void (*copy)(void);
};
static void slow(void) {}
static void fast(void) {}
static struct ops ops = {slow};
static __attribute__((constructor)) void choose(void) { ops.copy = fast; }
int main(void) {
  ops.copy();
  return 0;
}
