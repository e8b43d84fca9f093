// Function pointers that are constants: a variable, a member, an array element.
// expect-reachable: f
// expect-reachable: g
// expect-reachable: h
extern "C" void f() {}
extern "C" void g() {}
extern "C" void h() {}
struct Value {
  void run() { h(); }
};
constexpr void (*pointer)() = f;
constexpr void (*list[])() = {g};
constexpr void (Value::*method)() = &Value::run;
int main() {
  pointer();
  list[0]();
  (Value().*method)();
}
