// A lambda without captures becomes a function pointer: call its body.
// expect-reachable: body
// expect-unreachable: unused_body
extern "C" void body() {}
extern "C" void unused_body() {}
static void run(void (*f)()) { f(); }
int main() {
  auto unused = [] { unused_body(); };
  run([] { body(); });
  run(+[] { body(); });
}
