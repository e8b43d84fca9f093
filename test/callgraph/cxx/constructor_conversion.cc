// Implicit conversions call constructors and conversion functions.
// expect-reachable: converted
// expect-reachable: to_int
// expect-reachable: to_bool
extern "C" void converted() {}
extern "C" int to_int() { return 1; }
extern "C" bool to_bool() { return true; }
struct Value {
  Value(const char*) { converted(); }
  operator int() const { return to_int(); }
  explicit operator bool() const { return to_bool(); }
};
static int take(Value v) { return v ? v + 1 : 0; }
int main() { return take("text"); }
