// A throw inside a conditional expression.
// expect-reachable: made
extern "C" void made() {}
struct Error {
  Error() { made(); }
};
static int check(int n) { return n ? n : throw Error(); }
int main(int argc, char**) {
  try {
    return check(argc - 1);
  } catch (const Error&) {
  }
}
