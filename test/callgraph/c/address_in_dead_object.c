// An object that nothing live refers to takes no addresses.
// expect-edge: run -> f
// expect-no-edge: run -> g
// expect-unreachable: g
struct ops {
  void (*call)(void);
};
static void f(void) {}
void g(void) {}
const struct ops used = {f};
const struct ops unused = {g};
static void run(const struct ops *o) { o->call(); }
int main(void) {
  run(&used);
  return 0;
}
