// new[] constructs each element; delete[] destroys each.
// expect-reachable: made
// expect-reachable: gone
extern "C" void made() {}
extern "C" void gone() {}
struct Element {
  Element() { made(); }
  ~Element() { gone(); }
};
int main(int argc, char**) {
  Element* list = new Element[argc];
  delete[] list;
}
