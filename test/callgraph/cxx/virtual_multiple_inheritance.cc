// A call through the second base goes through a thunk to the same overrider.
// expect-reachable: in_both
extern "C" void in_both() {}
struct First {
  virtual void one() {}
  long data;
};
struct Second {
  virtual void two() {}
};
struct Both : First, Second {
  void two() override { in_both(); }
};
void call(Second* s) { s->two(); }
int main() {
  Both b;
  call(&b);
}
