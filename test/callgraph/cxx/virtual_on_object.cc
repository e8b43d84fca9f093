// A call on an object, not through a pointer, of a virtual method.
// expect-reachable: in_derived
extern "C" void in_derived() {}
struct Base {
  virtual void run() = 0;
};
struct Derived : Base {
  void run() override { in_derived(); }
};
int main() {
  Derived d;
  d.run();
}
