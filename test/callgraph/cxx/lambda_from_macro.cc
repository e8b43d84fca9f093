// Two lambdas that one macro expansion makes are two functions.
// expect-reachable: first
// expect-unreachable: second
extern "C" void first() {}
extern "C" void second() {}
#define BOTH {[] { first(); }, [] { second(); }}
struct Pair {
  void (*a)();
  void (*b)();
};
static const Pair pair = BOTH;
int main() { pair.a(); }
