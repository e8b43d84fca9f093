// A table of tables of function pointers.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-no-edge: main -> decoy
// expect-edge: run -> decoy
static int f(int n) { return n; }
static int g(int n) { return n + 1; }
static int decoy(int n) { return n; }
static int (*const table[2][2])(int) = {{f, 0}, {[1] = g}};
static int (*other)(int) = decoy;
static int run(int n) { return other(n); }
int main(int argc, char **argv) {
  return table[argc & 1][argc & 1](argc) + run(1);
}
