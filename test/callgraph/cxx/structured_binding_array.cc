// Binding to an array copies each of its elements.
// expect-reachable: copied
// expect-reachable: gone
extern "C" void copied() {}
extern "C" void gone() {}
struct Value {
  Value() = default;
  Value(const Value&) { copied(); }
  ~Value() { gone(); }
};
int main() {
  Value list[2];
  auto [a, b] = list;
}
