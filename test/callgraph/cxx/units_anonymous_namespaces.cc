// Classes of one name in anonymous namespaces of two units are different.
// expect-reachable: in_first
// expect-unreachable: in_second
// unit: first.cc
extern "C" void in_first() {}
namespace {
struct Worker {
  virtual void run() { in_first(); }
};
void call(Worker* w) { w->run(); }
}  // namespace
int main() {
  Worker w;
  call(&w);
}
// unit: second.cc
extern "C" void in_second() {}
namespace {
struct Worker {
  virtual void run() { in_second(); }
};
void call(Worker* w) { w->run(); }
}  // namespace
void never_called() {
  Worker w;
  call(&w);
}
