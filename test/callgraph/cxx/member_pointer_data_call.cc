// A call through a pointer to a data member that holds a function.
// expect-edge: call -> f
// expect-no-edge: call -> other_type
extern "C" void f() {}
extern "C" void other_type(int) {}
struct Operations {
  void (*open)();
  void (*resize)(int);
};
extern "C" void call(Operations& o, void (*Operations::*which)()) {
  (o.*which)();
}
int main() {
  Operations o = {f, other_type};
  o.resize(1);
  call(o, &Operations::open);
}
