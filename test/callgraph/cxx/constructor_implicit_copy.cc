// Implicit copy and assignment go member by member; overloads are exact.
// expect-reachable: copied
// expect-reachable: assigned
// expect-unreachable: moved
extern "C" void copied() {}
extern "C" void assigned() {}
extern "C" void moved() {}
struct Member {
  Member() = default;
  Member(const Member&) { copied(); }
  Member(Member&&) { moved(); }
  Member& operator=(const Member&) {
    assigned();
    return *this;
  }
};
struct Value {
  Member list[2];
};
int main() {
  Value a;
  Value b = a;
  b = a;
}
