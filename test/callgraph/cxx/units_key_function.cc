// The vtable is in the unit of the key function, the objects in another.
// expect-reachable: in_run
// expect-reachable: in_gone
// unit: main.cc
struct Base {
  virtual ~Base();
  virtual void run() = 0;
};
Base* make();
int main() {
  Base* b = make();
  b->run();
  delete b;
}
// unit: library.cc
extern "C" void in_run() {}
extern "C" void in_gone() {}
struct Base {
  virtual ~Base();
  virtual void run() = 0;
};
Base::~Base() {}
struct Derived : Base {
  ~Derived() override { in_gone(); }
  void run() override { in_run(); }
};
Base* make() { return new Derived; }
