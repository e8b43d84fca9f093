// An explicit instantiation emits all members; uncalled they are unreachable.
// expect-reachable: called
// expect-unreachable: emitted
extern "C" void called() {}
extern "C" void emitted() {}
template <typename T>
struct Value {
  void run() { called(); }
  void other() { emitted(); }
};
template struct Value<long>;
int main() { Value<long>().run(); }
