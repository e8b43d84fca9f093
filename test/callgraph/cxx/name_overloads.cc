// Overloads and equal names in other namespaces are other functions.
// expect-reachable: for_long
// expect-reachable: in_outer
// expect-unreachable: for_double
// expect-unreachable: in_inner
extern "C" void for_long() {}
extern "C" void for_double() {}
extern "C" void in_outer() {}
extern "C" void in_inner() {}
void run(long) { for_long(); }
void run(double) { for_double(); }
namespace outer {
void step() { in_outer(); }
namespace inner {
void step() { in_inner(); }
}  // namespace inner
}  // namespace outer
int main() {
  run(1l);
  using namespace outer;
  step();
}
