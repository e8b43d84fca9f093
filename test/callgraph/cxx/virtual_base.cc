// A virtual base's method, overridden in a class beside the path to it.
// expect-reachable: in_right
extern "C" void in_right() {}
struct Top {
  virtual void run() {}
};
struct Left : virtual Top {
  void start() { run(); }
};
struct Right : virtual Top {
  void run() override { in_right(); }
};
struct Bottom : Left, Right {};
int main() {
  Bottom b;
  b.start();
}
