// A record of function pointers walked as an array of them.
// expect-edge: main -> f
// expect-edge: main -> g
typedef void (*hook)(void);
struct ops {
  hook open, close;
};
static void f(void) {}
static void g(void) {}
int main(int argc, char **argv) {
  struct ops o = {f, g};
  hook *list = (hook *)&o;
  list[argc & 1]();
  return 0;
}
