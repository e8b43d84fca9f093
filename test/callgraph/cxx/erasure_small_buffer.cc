// Type erasure with the object's bytes inside a buffer.
// expect-reachable: body
// expect-reachable: gone
// expect-reachable: relocated
void* operator new(decltype(sizeof 0), void* p) noexcept { return p; }
extern "C" void body() {}
extern "C" void gone() {}
extern "C" void relocated() {}
class Function {
  alignas(8) char storage_[16];
  void (*invoke_)(void*);
  void (*manage_)(void*, void*);

 public:
  template <typename F>
  explicit Function(F f)
      : invoke_([](void* p) { (*static_cast<F*>(p))(); }),
        manage_([](void* from, void* to) {
          if (to) new (to) F(*static_cast<F*>(from));
          static_cast<F*>(from)->~F();
        }) {
    new (storage_) F(f);
  }
  Function(Function&& o) : invoke_(o.invoke_), manage_(o.manage_) {
    manage_(o.storage_, storage_);
  }
  ~Function() { manage_(storage_, nullptr); }
  void operator()() { invoke_(storage_); }
};
struct Callable {
  Callable() = default;
  Callable(const Callable&) { relocated(); }
  ~Callable() { gone(); }
  void operator()() { body(); }
};
static Function make() { return Function(Callable()); }
int main() { make()(); }
