// A constant pointer to a data member opens that field as well.
// expect-edge: call -> f
// expect-edge: call -> g
extern "C" void f() {}
extern "C" void g() {}
struct Operations {
  void (*open)();
};
constexpr void (*Operations::*which)() = &Operations::open;
extern "C" void call(Operations& o) { o.open(); }
int main() {
  Operations o = {f};
  o.*which = g;
  call(o);
}
