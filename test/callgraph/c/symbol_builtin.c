// A builtin's name without prefix is the function that the library defines.
// expect-reachable: leaf
void leaf(void) {}
int abs(int n) {
  leaf();
  return n < 0 ? -n : n;
}
void abort(void) {
  leaf();
  for (;;);
}
int main(int argc, char **argv) {
  if (argc > 5) __builtin_abort();
  return 0;
}
