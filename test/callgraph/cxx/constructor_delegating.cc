// A constructor that delegates to another.
// expect-reachable: target
// expect-reachable: argument
extern "C" void target() {}
extern "C" int argument() { return 1; }
struct Value {
  explicit Value(int) { target(); }
  Value() : Value(argument()) {}
};
int main() { Value v; }
