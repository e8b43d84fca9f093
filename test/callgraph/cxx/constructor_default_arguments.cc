// Default arguments are evaluated by the caller.
// expect-edge: main -> argument
// expect-reachable: in_constructor
extern "C" int argument() { return 1; }
extern "C" int in_constructor() { return 2; }
struct Value {
  explicit Value(int n = in_constructor()) {}
};
static int f(int n = argument()) { return n; }
int main() {
  Value v;
  return f();
}
