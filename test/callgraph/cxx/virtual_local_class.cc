// A class inside a function, constructed there and used elsewhere.
// expect-reachable: in_local
extern "C" void in_local() {}
struct Base {
  virtual void run() = 0;
};
static Base* make() {
  struct Local : Base {
    void run() override { in_local(); }
  };
  return new Local;
}
int main() { make()->run(); }
