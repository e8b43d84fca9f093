// An object that converts to a function pointer is called like a function.
// expect-reachable: f
// expect-reachable: converted
extern "C" void f() {}
extern "C" void converted() {}
using Hook = void (*)();
struct Value {
  operator Hook() const {
    converted();
    return f;
  }
};
int main() {
  Value v;
  v();
}
