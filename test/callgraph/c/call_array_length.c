// The length of a variable-length array is evaluated, inside sizeof too.
// expect-edge: main -> length
// expect-edge: main -> other
static int length(void) { return 3; }
static int other(void) { return 4; }
int main(void) {
  char line[length()];
  return sizeof(line) + sizeof(char[other()]);
}
