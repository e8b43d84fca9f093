// Declarations in conditions: if with initialiser, while with a conversion.
// expect-reachable: made
// expect-reachable: tested
// expect-reachable: gone
extern "C" void made() {}
extern "C" bool tested() { return false; }
extern "C" void gone() {}
struct Guard {
  Guard() { made(); }
  ~Guard() { gone(); }
  explicit operator bool() const { return tested(); }
};
int main() {
  if (Guard g; g) return 1;
  while (Guard g{}) {
  }
}
