// A pure virtual method with a body is called by its qualified name.
// expect-reachable: in_base
// expect-reachable: in_derived
extern "C" void in_base() {}
extern "C" void in_derived() {}
struct Base {
  virtual void run() = 0;
};
void Base::run() { in_base(); }
struct Derived : Base {
  void run() override {
    in_derived();
    Base::run();
  }
};
int main() {
  Derived d;
  Base& b = d;
  b.run();
}
