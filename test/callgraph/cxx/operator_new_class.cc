// A class's own operator new and delete.
// expect-reachable: allocated
// expect-reachable: released
extern "C" void allocated() {}
extern "C" void released() {}
static char storage[64];
struct Value {
  virtual ~Value() {}
  static void* operator new(decltype(sizeof 0)) {
    allocated();
    return storage;
  }
  static void operator delete(void*) { released(); }
};
int main() {
  Value* v = new Value;
  delete v;
}
