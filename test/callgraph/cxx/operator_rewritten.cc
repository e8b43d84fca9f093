// C++20 rewrites != to == and < to <=>.
// expect-reachable: equal
// expect-reachable: order
extern "C" bool equal() { return true; }
extern "C" int order() { return 0; }
struct Value {
  bool operator==(const Value&) const { return equal(); }
  int operator<=>(const Value&) const { return order(); }
};
int main() {
  Value a, b;
  return (a != b) + (a < b);
}
