// A class that only dead code constructs adds no overrider.
// expect-reachable: in_derived
// expect-unreachable: in_dead
extern "C" void in_derived() {}
extern "C" void in_dead() {}
struct Base {
  virtual void run() = 0;
};
struct Derived : Base {
  void run() override { in_derived(); }
};
struct Dead : Base {
  void run() override { in_dead(); }
};
void call(Base& b) { b.run(); }
void never_called() {
  Dead d;
  call(d);
}
int main() {
  Derived d;
  call(d);
}
