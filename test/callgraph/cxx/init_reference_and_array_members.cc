// Constructors of array members and of what references are bound to.
// expect-reachable: array_made
// expect-reachable: bound_made
extern "C" void array_made() {}
extern "C" void bound_made() {}
struct Element {
  Element() { array_made(); }
};
struct Bound {
  Bound() { bound_made(); }
};
struct Value {
  Element list[2];
  const Bound& bound;
  explicit Value(const Bound& b) : bound(b) {}
};
int main() { Value v{Bound()}; }
