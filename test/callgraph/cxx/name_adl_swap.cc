// swap by argument-dependent lookup prefers the type's own.
// expect-reachable: own_swap
// expect-reachable: generic_swap
// expect-unreachable: other_swap
extern "C" void own_swap() {}
extern "C" void generic_swap() {}
extern "C" void other_swap() {}
namespace standard {
template <typename T>
void swap(T& a, T& b) {
  generic_swap();
}
}  // namespace standard
namespace library {
struct Value {};
void swap(Value&, Value&) { own_swap(); }
struct Other {};
void swap(Other&, Other&) { other_swap(); }
}  // namespace library
template <typename T>
void exchange(T& a, T& b) {
  using standard::swap;
  swap(a, b);
}
int main() {
  library::Value a, b;
  int c = 1, d = 2;
  exchange(a, b);
  exchange(c, d);
}
