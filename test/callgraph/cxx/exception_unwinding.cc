// Unwinding destroys the locals on the way, and parts of what was being built.
// expect-reachable: local_gone
// expect-reachable: member_gone
extern "C" void local_gone() {}
extern "C" void member_gone() {}
struct Local {
  ~Local() { local_gone(); }
};
struct Member {
  ~Member() { member_gone(); }
};
struct Whole {
  Member member;
  Whole() { throw 1; }
};
static void fail() {
  Local l;
  Whole* w = new Whole;
}
int main() {
  try {
    fail();
  } catch (int) {
  }
}
