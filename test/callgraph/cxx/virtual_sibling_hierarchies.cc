// Methods of the same name and type in unrelated classes are unrelated.
// expect-edge: call -> a_hit
// expect-reachable: in_a
// expect-unreachable: in_b
extern "C" void a_hit() {}
extern "C" void in_a() {}
extern "C" void in_b() {}
struct A {
  virtual void run() { in_a(); }
};
struct B {
  virtual void run() { in_b(); }
};
extern "C" void call(A* a) {
  a_hit();
  a->run();
}
int main() {
  A a;
  B b;
  call(&a);
}
