// Type erasure by void* and a function template's address.
// expect-reachable: in_a
// expect-reachable: in_b
// expect-unreachable: in_c
extern "C" void in_a() {}
extern "C" void in_b() {}
extern "C" void in_c() {}
struct Function {
  void* object;
  void (*invoke)(void*);
  template <typename F>
  explicit Function(F& f)
      : object(&f), invoke([](void* p) { (*static_cast<F*>(p))(); }) {}
  void operator()() const { invoke(object); }
};
static void run(const Function& f) { f(); }
int main() {
  auto a = [] { in_a(); };
  auto b = [] { in_b(); };
  auto c = [] { in_c(); };
  run(Function(a));
  run(Function(b));
}
