// A temporary dies at the end of its expression or with its reference.
// expect-reachable: gone_value
// expect-reachable: gone_bound
extern "C" void gone_value() {}
extern "C" void gone_bound() {}
struct Value {
  ~Value() { gone_value(); }
  int get() const { return 1; }
};
struct Bound {
  ~Bound() { gone_bound(); }
};
Value make() { return {}; }
int main() {
  const Bound& b = Bound();
  return make().get();
}
