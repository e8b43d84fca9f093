// A pointer to a base's member converted to one of the heir, and back.
// expect-reachable: in_base
// expect-reachable: in_heir
extern "C" void in_base() {}
extern "C" void in_heir() {}
struct Base {
  void run() { in_base(); }
};
struct Heir : Base {
  void step() { in_heir(); }
};
int main() {
  Heir h;
  void (Heir::*up)() = &Base::run;
  (h.*up)();
  auto down = static_cast<void (Base::*)()>(&Heir::step);
  Base& b = h;
  (b.*down)();
}
