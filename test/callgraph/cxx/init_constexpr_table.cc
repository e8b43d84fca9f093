// A table of functions that a constant expression computed.
// expect-edge: main -> f
// expect-edge: main -> g
extern "C" void f() {}
extern "C" void g() {}
struct Table {
  void (*calls[2])();
};
constexpr Table make() {
  Table t{};
  t.calls[0] = f;
  t.calls[1] = g;
  return t;
}
constexpr Table table = make();
int main(int argc, char**) { table.calls[argc & 1](); }
