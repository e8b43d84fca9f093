// Other units than its own do not see a weak definition that gave way.
// expect-reachable: in_strong
// expect-unreachable: in_weak
// unit: main.c
void in_strong(void) {}
void hook(void) { in_strong(); }
int main(void) {
  hook();
  return 0;
}
// unit: weak.c
void in_weak(void) {}
__attribute__((weak)) void hook(void) { in_weak(); }
