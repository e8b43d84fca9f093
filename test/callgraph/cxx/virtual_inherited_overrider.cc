// The final overrider may be inherited from a class in between.
// expect-reachable: in_middle
extern "C" void in_middle() {}
struct Base {
  virtual void run() = 0;
};
struct Middle : Base {
  void run() override { in_middle(); }
};
struct Leaf : Middle {
  virtual void other() {}
};
void call(Base* b) { b->run(); }
int main() {
  Leaf l;
  call(&l);
}
