// A structured binding calls the tuple protocol's get.
// expect-reachable: got
// expect-reachable: copied
namespace std {
template <typename T>
struct tuple_size;
template <decltype(sizeof 0) I, typename T>
struct tuple_element;
}  // namespace std
extern "C" int got() { return 1; }
extern "C" void copied() {}
struct Pair {
  Pair() = default;
  Pair(const Pair&) { copied(); }
};
template <>
struct std::tuple_size<Pair> {
  static constexpr int value = 2;
};
template <decltype(sizeof 0) I>
struct std::tuple_element<I, Pair> {
  using type = int;
};
template <decltype(sizeof 0) I>
int get(const Pair&) {
  return got();
}
int main() {
  Pair p;
  auto [a, b] = p;
  return a + b;
}
