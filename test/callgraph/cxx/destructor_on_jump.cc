// Leaving a scope by return, break and continue destroys what is in it.
// expect-reachable: gone
extern "C" void gone() {}
struct Value {
  ~Value() { gone(); }
};
int main(int argc, char**) {
  while (argc--) {
    Value v;
    if (argc == 3) continue;
    if (argc == 2) break;
    return 1;
  }
}
