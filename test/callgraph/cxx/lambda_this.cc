// Lambdas that capture `this` by pointer and by copy.
// expect-reachable: by_pointer
// expect-reachable: by_copy
// expect-reachable: copied
extern "C" void by_pointer() {}
extern "C" void by_copy() {}
extern "C" void copied() {}
struct Value {
  Value() = default;
  Value(const Value&) { copied(); }
  void first() { by_pointer(); }
  void second() const { by_copy(); }
  void run() {
    [this] { first(); }();
    [*this] { second(); }();
  }
};
int main() { Value().run(); }
