// A function pointer through __builtin_bit_cast.
// expect-edge: main -> f
extern "C" void f() {}
int main() {
  auto bits = __builtin_bit_cast(unsigned long, &f);
  __builtin_bit_cast(void (*)(), bits)();
}
