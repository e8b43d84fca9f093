// A pointer to a data member opens that field.
// expect-edge: call -> f
// expect-edge: call -> g
extern "C" void f() {}
extern "C" void g() {}
struct Operations {
  void (*open)();
  void (*close)();
};
static void set(Operations& o, void (*Operations::*which)()) { o.*which = g; }
extern "C" void call(Operations& o) { o.open(); }
int main() {
  Operations o = {f, f};
  set(o, &Operations::open);
  call(o);
}
