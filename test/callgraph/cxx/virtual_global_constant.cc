// A constant-initialised global object has its vtable without a constructor.
// expect-reachable: in_global
extern "C" void in_global() {}
struct Base {
  constexpr Base() = default;
  virtual void run() const = 0;
};
struct Constant : Base {
  constexpr Constant() = default;
  void run() const override { in_global(); }
};
static constexpr Constant constant;
static const Base* base = &constant;
int main() { base->run(); }
