// A global pointer that another unit sets.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-no-edge: main -> decoy
// unit: main.c
extern void (*hook)(void);
void set_up(int n);
int main(int argc, char **argv) {
  set_up(argc);
  hook();
  return 0;
}
// unit: library.c
static void f(void) {}
static void g(void) {}
static void decoy(void) {}
static void (*keep)(void) = decoy;
void (*hook)(void) = f;
void set_up(int n) {
  if (n > 1) hook = g;
  keep();
}
