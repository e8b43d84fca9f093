// Two lambdas on one line are two functions.
// expect-reachable: first
// expect-unreachable: second
extern "C" void first() {}
extern "C" void second() {}
struct Pair {
  void (*a)();
  void (*b)();
};
static const Pair pair = {[] { first(); }, [] { second(); }};
int main() { pair.a(); }
