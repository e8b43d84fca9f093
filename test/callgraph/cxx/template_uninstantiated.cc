// A template that nobody instantiates contributes nothing.
// expect-reachable: used
// expect-unreachable: unused
extern "C" void used() {}
extern "C" void unused() {}
template <typename T>
struct Value {
  void called() { used(); }
  void uncalled() { unused(); }
};
template <typename T>
void never(T) {
  unused();
}
int main() { Value<int>().called(); }
