// The fortified headers' shape: an inline wrapper around an asm-labelled alias.
// expect-reachable: in_check
// expect-reachable: in_library
// unit: main.c
void in_check(void) {}
long get(long n);
extern long get_alias(long n) __asm__("get");
extern inline __attribute__((gnu_inline, always_inline)) long get(long n) {
  if (n < 0) in_check();
  return get_alias(n);
}
int main(int argc, char **argv) { return get(argc); }
// unit: library.c
void in_library(void) {}
long get(long n) {
  in_library();
  return n;
}
