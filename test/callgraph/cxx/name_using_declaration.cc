// A using-declaration brings the base's overload in beside the heir's.
// expect-reachable: in_base
// expect-unreachable: in_heir
extern "C" void in_base() {}
extern "C" void in_heir() {}
struct Base {
  void run(int) { in_base(); }
};
struct Heir : Base {
  using Base::run;
  void run(const char*) { in_heir(); }
};
int main() { Heir().run(1); }
