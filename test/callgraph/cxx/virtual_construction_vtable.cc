// While a virtual base's heir is built, construction vtables are in force.
// expect-reachable: in_left
// expect-reachable: in_bottom
extern "C" void in_left() {}
extern "C" void in_bottom() {}
struct Top {
  virtual void run() = 0;
};
void call(Top* t) { t->run(); }
struct Left : virtual Top {
  Left() { call(this); }
  void run() override { in_left(); }
};
struct Bottom : Left {
  void run() override { in_bottom(); }
};
int main() {
  Bottom b;
  call(&b);
}
