// A constructor's function-try-block catches what its initialisers throw.
// expect-reachable: in_handler
extern "C" void in_handler() {}
static int fail() { throw 1; }
struct Value {
  int n;
  Value() try : n(fail()) {
  } catch (...) {
    in_handler();
  }
};
int main() {
  try {
    Value v;
  } catch (int) {
  }
}
