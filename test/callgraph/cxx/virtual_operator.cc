// A virtual operator and a virtual conversion.
// expect-reachable: in_operator
// expect-reachable: in_conversion
extern "C" void in_operator() {}
extern "C" void in_conversion() {}
struct Base {
  virtual Base& operator+=(int) = 0;
  virtual operator int() = 0;
};
struct Derived : Base {
  Base& operator+=(int) override { return in_operator(), *this; }
  operator int() override { return in_conversion(), 1; }
};
static int use(Base& b) { return b += 1; }
int main() {
  Derived d;
  return use(d);
}
