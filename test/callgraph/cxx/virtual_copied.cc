// A class whose objects are only made by copying through a base's clone.
// expect-reachable: in_run
extern "C" void in_run() {}
struct Base {
  virtual Base* clone() const = 0;
  virtual void run() = 0;
};
template <typename T>
struct Cloneable : Base {
  Base* clone() const override { return new T(static_cast<const T&>(*this)); }
};
struct Leaf : Cloneable<Leaf> {
  void run() override { in_run(); }
};
int main() {
  Leaf l;
  l.clone()->run();
}
