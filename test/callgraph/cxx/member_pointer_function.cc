// A pointer to a member function calls that function.
// expect-reachable: chosen
// expect-unreachable: other
extern "C" void chosen() {}
extern "C" void other() {}
struct Value {
  void first() { chosen(); }
  void second() { other(); }
};
static void run(Value& v, void (Value::*method)()) { (v.*method)(); }
int main() {
  Value v;
  run(v, &Value::first);
}
