// A base class's constructor calls the base's own method.
// expect-reachable: in_base
// expect-reachable: in_derived
extern "C" void in_base() {}
extern "C" void in_derived() {}
struct Base {
  Base() { start(); }
  void start() { run(); }
  virtual void run() { in_base(); }
};
struct Derived : Base {
  void run() override { in_derived(); }
};
int main() {
  Derived d;
  Base* b = &d;
  b->run();
}
