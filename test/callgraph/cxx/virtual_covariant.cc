// An overrider with a covariant result is reached through the base.
// expect-reachable: in_clone
extern "C" void in_clone() {}
struct Pad {
  virtual void pad() {}
};
struct Base {
  virtual Base* clone() { return this; }
};
struct Derived : Pad, Base {
  Derived* clone() override {
    in_clone();
    return this;
  }
};
Base* copy(Base* b) { return b->clone(); }
int main() {
  Derived d;
  copy(&d);
}
