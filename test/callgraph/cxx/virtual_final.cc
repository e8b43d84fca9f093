// A final class's method is the only target.
// expect-reachable: in_leaf
// expect-unreachable: in_base
extern "C" void in_base() {}
extern "C" void in_leaf() {}
struct Base {
  virtual void run() { in_base(); }
};
struct Leaf final : Base {
  void run() override { in_leaf(); }
};
void call(Leaf& l) { l.run(); }
int main() {
  Base b;
  Leaf l;
  call(l);
}
