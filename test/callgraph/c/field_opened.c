// Taking a field's address lets anybody store in it: the pool of its type.
// expect-edge: run -> f
// expect-edge: run -> g
// expect-no-edge: run -> other_type
struct ops {
  void (*call)(void);
};
static void f(void) {}
static void g(void) {}
static void other_type(int n) {}
static void (*keep)(int) = other_type;
static void set(void (**where)(void), void (*what)(void)) { *where = what; }
static void run(struct ops *o) { o->call(); }
int main(void) {
  struct ops o = {f};
  set(&o.call, g);
  run(&o);
  keep(1);
  return 0;
}
