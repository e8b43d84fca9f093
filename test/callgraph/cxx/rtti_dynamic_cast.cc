// After a dynamic_cast the call is one on the class cast to.
// expect-reachable: in_leaf
// expect-unreachable: in_other
extern "C" void in_leaf() {}
extern "C" void in_other() {}
struct Base {
  virtual ~Base() {}
};
struct Leaf : Base {
  virtual void run() { in_leaf(); }
};
struct Other : Base {
  virtual void run() { in_other(); }
};
static void call(Base* b) {
  if (auto* l = dynamic_cast<Leaf*>(b)) l->run();
}
int main() {
  Leaf l;
  Other o;
  call(&l);
  call(&o);
}
