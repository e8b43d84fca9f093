// A class template's overriders exist for each instance.
// expect-reachable: in_int
// expect-unreachable: in_char
extern "C" void in_int() {}
extern "C" void in_char() {}
void hit(int) { in_int(); }
void hit(char) { in_char(); }
struct Base {
  virtual void run() = 0;
};
template <typename T>
struct Holder : Base {
  T value{};
  void run() override { hit(value); }
};
void call(Base& b) { b.run(); }
int main() {
  Holder<int> h;
  call(h);
}
