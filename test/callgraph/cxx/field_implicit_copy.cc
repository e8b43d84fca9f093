// Implicit copies of an object keep its function pointers.
// expect-edge: call -> f
// expect-no-edge: call -> g
extern "C" void f() {}
extern "C" void g() {}
struct Hooks {
  void (*first)();
  void (*second)();
};
struct Object {
  Hooks hooks{f, g};
};
extern "C" void call(Object o) { o.hooks.first(); }
int main() {
  Object a;
  Object b = a;
  call(b);
}
