// A union of an integer and a function pointer is a cast in disguise.
// expect-edge: main -> f
union word {
  unsigned long bits;
  void (*call)(void);
};
static void f(void) {}
int main(void) {
  union word w;
  w.bits = (unsigned long)f;
  w.call();
  return 0;
}
