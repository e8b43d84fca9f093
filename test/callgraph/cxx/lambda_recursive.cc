// A lambda that gets itself as an argument.
// expect-reachable: body
extern "C" void body() {}
int main(int argc, char**) {
  auto loop = [](auto& self, int n) -> void {
    body();
    if (n) self(self, n - 1);
  };
  loop(loop, argc);
}
