// Every element of an array is constructed and destroyed.
// expect-reachable: made
// expect-reachable: gone
extern "C" void made() {}
extern "C" void gone() {}
struct Element {
  Element() { made(); }
  ~Element() { gone(); }
};
struct Holder {
  Element list[2][2];
};
int main() { Holder h; }
