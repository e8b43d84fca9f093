// A hand-made unique pointer destroys by the type that it was made with.
// expect-reachable: gone
extern "C" void gone() {}
struct Value {
  ~Value() { gone(); }
};
template <typename T>
struct Owner {
  T* p;
  explicit Owner(T* p) : p(p) {}
  Owner(Owner&& o) : p(o.p) { o.p = nullptr; }
  ~Owner() { delete p; }
};
Owner<Value> make() { return Owner<Value>(new Value); }
int main() { Owner<Value> o = make(); }
