// The curiously recurring template: the base calls the heir statically.
// expect-reachable: in_heir
// expect-unreachable: in_other
extern "C" void in_heir() {}
extern "C" void in_other() {}
template <typename T>
struct Base {
  void run() { static_cast<T*>(this)->step(); }
};
struct Heir : Base<Heir> {
  void step() { in_heir(); }
};
struct Other : Base<Other> {
  void step() { in_other(); }
};
int main() { Heir().run(); }
