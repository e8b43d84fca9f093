// A function's address stored as an integer in a field, and cast at the call.
// expect-edge: main -> f
struct slot {
  unsigned long address;
};
static void f(void) {}
int main(void) {
  struct slot s = {(unsigned long)f};
  ((void (*)(void))s.address)();
  return 0;
}
