// A strong definition in another unit takes the weak one's place.
// expect-edge: main -> hook
// expect-reachable: in_strong
// unit: main.c
void hook(void);
int main(void) {
  hook();
  return 0;
}
// unit: weak.c
void in_weak(void) {}
__attribute__((weak)) void hook(void) { in_weak(); }
// unit: strong.c
void in_strong(void) {}
void hook(void) { in_strong(); }
