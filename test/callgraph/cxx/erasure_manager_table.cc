// A static table of operations for each erased type.
// expect-reachable: called
// expect-reachable: destroyed
// expect-unreachable: never_erased
extern "C" void called() {}
extern "C" void destroyed() {}
extern "C" void never_erased() {}
struct Table {
  void (*call)(void*);
  void (*destroy)(void*);
};
template <typename T>
constexpr Table table_of = {[](void* p) { static_cast<T*>(p)->run(); },
                            [](void* p) { static_cast<T*>(p)->~T(); }};
struct Used {
  void run() { called(); }
  ~Used() { destroyed(); }
};
struct Unused {
  void run() { never_erased(); }
};
int main() {
  Used u;
  const Table* table = &table_of<Used>;
  table->call(&u);
  table->destroy(&u);
}
