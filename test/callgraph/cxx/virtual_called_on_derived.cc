// A call through the derived class leaves out the base's and siblings' method.
// expect-reachable: in_leaf
// expect-unreachable: in_base
// expect-unreachable: in_sibling
extern "C" void in_base() {}
extern "C" void in_leaf() {}
extern "C" void in_sibling() {}
struct Base {
  virtual void run() { in_base(); }
};
struct Leaf : Base {
  void run() override { in_leaf(); }
};
struct Sibling : Base {
  void run() override { in_sibling(); }
};
void call(Leaf* l) { l->run(); }
int main() {
  Base b;
  Sibling s;
  Leaf l;
  call(&l);
}
