// An explicit specialisation takes the primary template's place.
// expect-reachable: special
// expect-reachable: partial
// expect-unreachable: primary
extern "C" void special() {}
extern "C" void partial() {}
extern "C" void primary() {}
template <typename T>
struct Action {
  static void run() { primary(); }
};
template <>
struct Action<int> {
  static void run() { special(); }
};
template <typename T>
struct Action<T*> {
  static void run() { partial(); }
};
int main() {
  Action<int>::run();
  Action<char*>::run();
}
