// The program's own global operator new and delete take the library's place.
// expect-reachable: allocated
// expect-reachable: released
extern "C" void allocated() {}
extern "C" void released() {}
static char storage[64];
void* operator new(decltype(sizeof 0)) {
  allocated();
  return storage;
}
void operator delete(void*, decltype(sizeof 0)) noexcept { released(); }
void operator delete(void*) noexcept { released(); }
int main() { delete new int; }
