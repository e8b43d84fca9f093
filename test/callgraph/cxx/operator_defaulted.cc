// A defaulted == compares the bases and members with their own.
// expect-reachable: member_equal
// expect-reachable: base_equal
extern "C" bool member_equal() { return true; }
extern "C" bool base_equal() { return true; }
struct Base {
  bool operator==(const Base&) const { return base_equal(); }
};
struct Member {
  bool operator==(const Member&) const { return member_equal(); }
};
struct Value : Base {
  Member list[2];
  bool operator==(const Value&) const = default;
};
int main() {
  Value a, b;
  return a == b;
}
