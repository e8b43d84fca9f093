// The handler's body and what is thrown.
// expect-reachable: thrown
// expect-reachable: in_handler
// expect-reachable: in_catch_all
extern "C" void thrown() {}
extern "C" void in_handler() {}
extern "C" void in_catch_all() {}
struct Error {
  Error() { thrown(); }
};
static void fail() { throw Error(); }
int main() {
  try {
    fail();
  } catch (const Error&) {
    in_handler();
  } catch (...) {
    in_catch_all();
    throw;
  }
}
