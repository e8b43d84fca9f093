// An enum parameter is compatible with its integer type.
// expect-edge: run -> f
enum mode { off, on };
static int f(enum mode m) { return m; }
struct ops {
  int (*set)(unsigned);
};
static int run(struct ops *o) { return o->set(1); }
int main(void) {
  struct ops o;
  int (**p)(unsigned) = &o.set;
  *p = f;
  return run(&o);
}
