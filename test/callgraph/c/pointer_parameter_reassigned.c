// A parameter that the body changes holds both what came and what it got.
// expect-edge: apply -> f
// expect-edge: apply -> fallback
// expect-no-edge: apply -> decoy
static void f(void) {}
static void fallback(void) {}
static void decoy(void) {}
static void (*other)(void) = decoy;
static void apply(void (*p)(void)) {
  if (!p) p = fallback;
  p();
}
int main(int argc, char **argv) {
  apply(argc ? f : 0);
  other();
  return 0;
}
