// decltype, sizeof and noexcept evaluate nothing.
// expect-unreachable: f
// expect-unreachable: g
extern "C" int f() { return 1; }
extern "C" int g() { return 2; }
int main() {
  decltype(f()) n = sizeof(g());
  return n + noexcept(f());
}
