// An inherited constructor runs the base's, and the heir's member initialisers.
// expect-reachable: base_made
// expect-reachable: member_made
extern "C" void base_made() {}
extern "C" int member_made() { return 1; }
struct Base {
  explicit Base(int) { base_made(); }
};
struct Heir : Base {
  using Base::Base;
  int member = member_made();
};
int main() { Heir h(1); }
