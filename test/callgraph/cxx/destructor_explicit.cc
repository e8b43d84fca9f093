// Placement new constructs; an explicit call destroys.
// expect-reachable: made
// expect-reachable: gone
void* operator new(decltype(sizeof 0), void* p) noexcept { return p; }
extern "C" void made() {}
extern "C" void gone() {}
struct Value {
  Value() { made(); }
  ~Value() { gone(); }
};
alignas(Value) char buffer[sizeof(Value)];
int main() {
  Value* v = new (buffer) Value;
  v->~Value();
}
