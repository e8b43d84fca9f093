// A captured function pointer is called inside the lambda.
// expect-reachable: f
// expect-unreachable: other
extern "C" void f() {}
extern "C" void other() {}
int main() {
  void (*p)() = f;
  void (*q)(int) = [](int) { other(); };
  auto call = [p] { p(); };
  call();
}
