// A static data member is a global variable.
// expect-edge: call -> f
// expect-edge: call -> g
extern "C" void f() {}
extern "C" void g() {}
struct Registry {
  static void (*hook)();
  static inline void (*other)() = g;
};
void (*Registry::hook)() = f;
extern "C" void call() {
  Registry::hook();
  Registry::other();
}
int main() { call(); }
