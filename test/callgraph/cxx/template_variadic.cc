// Packs and folds call once for each element.
// expect-reachable: for_int
// expect-reachable: for_char
// expect-reachable: for_pointer
extern "C" void for_int() {}
extern "C" void for_char() {}
extern "C" void for_pointer() {}
static void hit(int) { for_int(); }
static void hit(char) { for_char(); }
static void hit(void*) { for_pointer(); }
template <typename... T>
void fold(T... values) {
  (hit(values), ...);
}
template <typename F, typename... T>
void recurse(F first, T... rest) {
  hit(first);
  if constexpr (sizeof...(rest) > 0) recurse(rest...);
}
int main() {
  fold(1, 'c');
  recurse('c', static_cast<void*>(nullptr));
}
