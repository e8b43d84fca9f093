// Functions, members and references as template arguments of any type.
// expect-reachable: in_function
// expect-reachable: in_member
// expect-reachable: in_reference
// expect-unreachable: in_unused
extern "C" void in_function() {}
extern "C" void in_member() {}
extern "C" void in_reference() {}
extern "C" void in_unused() {}
struct Value {
  void used() { in_member(); }
  void unused() { in_unused(); }
};
template <auto F>
void call() {
  F();
}
template <auto M>
void call_member(Value& v) {
  (v.*M)();
}
template <void (&R)()>
void call_reference() {
  R();
}
int main() {
  Value v;
  call<&in_function>();
  call_member<&Value::used>(v);
  call_reference<in_reference>();
}
