// A union with members that have constructors: only explicit ones run.
// expect-reachable: made
// expect-reachable: gone
// expect-unreachable: other_made
void* operator new(decltype(sizeof 0), void* p) noexcept { return p; }
extern "C" void made() {}
extern "C" void gone() {}
extern "C" void other_made() {}
struct Value {
  Value() { made(); }
  ~Value() { gone(); }
};
struct Other {
  Other() { other_made(); }
};
union Either {
  char none;
  Value value;
  Other other;
  Either() : none(0) {}
  ~Either() {}
};
int main() {
  Either e;
  new (&e.value) Value;
  e.value.~Value();
}
