// A base class's field holds what is stored through the derived class.
// expect-edge: call -> f
// expect-no-edge: call -> g
extern "C" void f() {}
extern "C" void g() {}
struct Base {
  void (*hook)();
};
struct Derived : Base {
  void (*other)();
};
extern "C" void call(Base* b) { b->hook(); }
int main() {
  Derived d;
  d.hook = f;
  d.other = g;
  call(&d);
  d.other();
}
