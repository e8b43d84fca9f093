// When a constructor throws, the operator delete that matches new is called.
// expect-reachable: given_back
struct Arena {};
extern "C" void given_back() {}
static char arena_bytes[64];
void* operator new(decltype(sizeof 0), Arena&) { return arena_bytes; }
void operator delete(void*, Arena&) { given_back(); }
struct Value {
  Value() { throw 1; }
};
int main() {
  Arena arena;
  try {
    new (arena) Value;
  } catch (int) {
  }
}
