// A method that overrides the methods of two bases serves both.
// expect-reachable: in_run
// expect-reachable: first_caller
// expect-reachable: second_caller
extern "C" void in_run() {}
extern "C" void first_caller() {}
extern "C" void second_caller() {}
struct First {
  virtual void run() = 0;
};
struct Second {
  virtual void run() = 0;
};
struct Both : First, Second {
  void run() override { in_run(); }
};
static void call(First* f) {
  first_caller();
  f->run();
}
static void call(Second* s) {
  second_caller();
  s->run();
}
int main() {
  Both b;
  call(static_cast<First*>(&b));
  call(static_cast<Second*>(&b));
}
