// A constructor's initialiser list stores its parameter in a field.
// expect-edge: call -> f
// expect-no-edge: call -> g
extern "C" void f() {}
extern "C" void g() {}
class Timer {
 public:
  Timer(void (*tick)(), void (*stop)()) : tick_(tick), stop_(stop) {}
  void (*tick_)();
  void (*stop_)();
};
extern "C" void call(const Timer& t) { t.tick_(); }
int main() {
  Timer t(f, g);
  call(t);
  t.stop_();
}
