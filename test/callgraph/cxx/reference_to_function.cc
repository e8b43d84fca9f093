// References to functions and to function pointers.
// expect-edge: main -> f
// expect-edge: through -> g
extern "C" void f() {}
extern "C" void g() {}
extern "C" void through(void (*&p)()) {
  p = g;
  p();
}
int main() {
  void (&r)() = f;
  r();
  void (*p)() = nullptr;
  through(p);
}
