// A weakref is a local name for a symbol that may be missing; here it is not.
// expect-reachable: leaf
static void leaf(void) {}
void target(void) { leaf(); }
static void local_name(void) __attribute__((weakref("target")));
int main(void) {
  if (local_name) local_name();
  return 0;
}
