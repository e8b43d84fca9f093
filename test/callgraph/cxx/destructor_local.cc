// Local objects are constructed and destroyed, members and bases with them.
// expect-reachable: made
// expect-reachable: member_gone
// expect-reachable: base_gone
extern "C" void made() {}
extern "C" void member_gone() {}
extern "C" void base_gone() {}
struct Member {
  ~Member() { member_gone(); }
};
struct Base {
  Base() { made(); }
  ~Base() { base_gone(); }
};
struct Object : Base {
  Member member;
};
int main() { Object o; }
