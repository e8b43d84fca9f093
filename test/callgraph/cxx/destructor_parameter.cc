// A parameter passed by value is copied and destroyed.
// expect-reachable: copied
// expect-reachable: gone
extern "C" void copied() {}
extern "C" void gone() {}
struct Value {
  Value() = default;
  Value(const Value&) { copied(); }
  ~Value() { gone(); }
};
void take(Value) {}
int main() {
  static Value* v = new Value;
  take(*v);
}
