// A function pointer stored behind a reference member.
// expect-edge: main -> f
extern "C" void f() {}
struct Setter {
  void (*&slot)();
  void set(void (*value)()) { slot = value; }
};
int main() {
  void (*p)() = nullptr;
  Setter s{p};
  s.set(f);
  p();
}
