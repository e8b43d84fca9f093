// A lambda inside a lambda, handed out and called elsewhere.
// expect-reachable: outer_body
// expect-reachable: inner_body
extern "C" void outer_body() {}
extern "C" void inner_body() {}
int main() {
  auto outer = [](int n) {
    outer_body();
    return [n] { inner_body(); };
  };
  outer(1)();
}
