// An exception is copied into a by-value handler and destroyed by the runtime.
// expect-reachable: copied
// expect-reachable: gone
extern "C" void copied() {}
extern "C" void gone() {}
struct Error {
  Error() = default;
  Error(const Error&) { copied(); }
  ~Error() { gone(); }
};
[[noreturn]] void fail() { throw Error(); }
int main() {
  try {
    fail();
  } catch (Error e) {
  }
}
