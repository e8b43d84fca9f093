// A union turns a pointer into one of another function type.
// expect-edge: main -> f
// expect-edge: main -> g
union slot {
  void (*plain)(void);
  int (*counted)(int);
  void *data;
};
static void f(void) {}
static int g(int n) { return n; }
int main(int argc, char **argv) {
  union slot s;
  if (argc > 1)
    s.plain = f;
  else
    s.data = (void *)g;
  return s.counted(1);
}
