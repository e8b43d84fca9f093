// A static member function is an ordinary function.
// expect-reachable: in_static
extern "C" void in_static() {}
struct Value {
  static void run() { in_static(); }
};
static void (*hook)() = &Value::run;
int main() { hook(); }
