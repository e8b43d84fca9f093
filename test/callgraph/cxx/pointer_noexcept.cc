// A noexcept function converts to a pointer without noexcept.
// expect-edge: main -> f
extern "C" void f() noexcept {}
static void set(void (*&slot)()) { slot = f; }
int main() {
  void (*p)() = nullptr;
  set(p);
  p();
}
