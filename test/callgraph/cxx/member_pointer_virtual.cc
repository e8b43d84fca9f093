// A pointer to a virtual member reaches the overriders.
// expect-reachable: in_derived
// expect-unreachable: other_method
// expect-unreachable: in_unused
extern "C" void in_derived() {}
extern "C" void other_method() {}
extern "C" void in_unused() {}
struct Base {
  virtual void run() {}
  virtual void stop() { other_method(); }
};
struct Derived : Base {
  void run() override { in_derived(); }
};
struct Unused : Base {
  void run() override { in_unused(); }
};
static void call(Base* b, void (Base::*method)()) { (b->*method)(); }
int main() {
  Derived d;
  call(&d, &Base::run);
}
