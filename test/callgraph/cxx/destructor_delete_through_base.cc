// delete through the base runs the destructor of what is really there.
// expect-reachable: derived_gone
// expect-reachable: member_gone
// expect-unreachable: other_gone
extern "C" void derived_gone() {}
extern "C" void member_gone() {}
extern "C" void other_gone() {}
struct Member {
  ~Member() { member_gone(); }
};
struct Base {
  virtual ~Base() {}
};
struct Derived : Base {
  Member member;
  ~Derived() override { derived_gone(); }
};
struct Other : Base {
  ~Other() override { other_gone(); }
};
void drop(Base* b) { delete b; }
int main() { drop(new Derived); }
