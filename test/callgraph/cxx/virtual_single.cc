// A virtual call reaches the overriders of classes that are constructed.
// expect-reachable: in_derived
// expect-unreachable: in_other
extern "C" void in_derived() {}
extern "C" void in_other() {}
struct Base {
  virtual void run() {}
};
struct Derived : Base {
  void run() override { in_derived(); }
};
struct Other : Base {
  void run() override { in_other(); }
};
void call(Base& b) { b.run(); }
int main() {
  Derived d;
  call(d);
}
