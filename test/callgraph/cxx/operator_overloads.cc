// Overloaded operators of every shape.
// expect-reachable: plus
// expect-reachable: index
// expect-reachable: call
// expect-reachable: arrow
// expect-reachable: increment
// expect-reachable: literal
extern "C" void plus() {}
extern "C" void index() {}
extern "C" void call() {}
extern "C" void arrow() {}
extern "C" void increment() {}
extern "C" void literal() {}
struct Value {
  int n = 0;
  Value operator+(const Value&) const { return plus(), *this; }
  int operator[](int) const { return index(), 1; }
  int operator()() const { return call(), 2; }
  const Value* operator->() const { return arrow(), this; }
  Value operator++(int) { return increment(), *this; }
};
static Value operator""_v(unsigned long long) { return literal(), Value(); }
int main() {
  Value v = 1_v + 2_v;
  v++;
  return v[1] + v() + v->n;
}
