// Members of a union share their bytes: what one got, the other gives.
// expect-edge: main -> f
union slot {
  void (*start)(void);
  void (*stop)(void);
};
static void f(void) {}
int main(void) {
  union slot s;
  s.start = f;
  s.stop();
  return 0;
}
