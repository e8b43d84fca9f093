// Functions and classes of an anonymous namespace belong to this unit.
// expect-reachable: in_function
// expect-reachable: in_class
// expect-unreachable: in_unused
extern "C" void in_function() {}
extern "C" void in_class() {}
extern "C" void in_unused() {}
namespace {
void run() { in_function(); }
struct Value {
  Value() { in_class(); }
  void unused() { in_unused(); }
};
}  // namespace
int main() {
  run();
  Value v;
}
