// A capturing lambda passed as a template argument; captures live and die.
// expect-reachable: body
// expect-reachable: copied
// expect-reachable: gone
// expect-reachable: init_capture
extern "C" void body() {}
extern "C" void copied() {}
extern "C" void gone() {}
extern "C" int init_capture() { return 1; }
struct Value {
  Value() = default;
  Value(const Value&) { copied(); }
  ~Value() { gone(); }
};
template <typename F>
void run(F f) {
  f();
}
int main() {
  Value v;
  run([v, n = init_capture()] { body(); });
}
