// An object with a vtable inside an array inside an aggregate.
// expect-reachable: in_part
extern "C" void in_part() {}
struct Part {
  virtual void run() { in_part(); }
};
struct Whole {
  int n;
  Part parts[2];
};
static void call(Part* p) { p->run(); }
int main() {
  Whole w{};
  call(&w.parts[1]);
}
