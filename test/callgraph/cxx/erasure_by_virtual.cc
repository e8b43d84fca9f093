// Type erasure by a virtual call: std::function's older shape.
// expect-reachable: body
// expect-reachable: captured_gone
extern "C" void body() {}
extern "C" void captured_gone() {}
struct Captured {
  ~Captured() { captured_gone(); }
};
struct Concept {
  virtual ~Concept() = default;
  virtual void call() = 0;
};
template <typename F>
struct Model : Concept {
  F f;
  explicit Model(F f) : f(f) {}
  void call() override { f(); }
};
template <typename F>
Concept* erase(F f) {
  return new Model<F>(f);
}
int main() {
  Captured c;
  Concept* e = erase([c] { body(); });
  e->call();
  delete e;
}
