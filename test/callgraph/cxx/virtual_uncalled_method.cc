// A method that nobody calls is unreachable, though its vtable is live.
// expect-reachable: in_run
// expect-unreachable: in_stop
extern "C" void in_run() {}
extern "C" void in_stop() {}
struct Base {
  virtual void run() { in_run(); }
  virtual void stop() { in_stop(); }
};
int main() {
  Base b;
  Base* p = &b;
  p->run();
}
