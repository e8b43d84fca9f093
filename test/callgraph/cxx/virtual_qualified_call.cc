// A qualified call is no virtual call.
// expect-reachable: in_base
// expect-unreachable: in_derived
extern "C" void in_base() {}
extern "C" void in_derived() {}
struct Base {
  virtual void run() { in_base(); }
};
struct Derived : Base {
  void run() override { in_derived(); }
};
int main() {
  Derived d;
  Base* b = &d;
  b->Base::run();
}
