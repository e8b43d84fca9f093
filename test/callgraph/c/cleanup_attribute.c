// The cleanup attribute calls its function at the end of the scope.
// expect-edge: main -> release
// expect-edge: main -> release_inner
static void release(int *p) {}
static void release_inner(char **p) {}
int main(int argc, char **argv) {
  __attribute__((cleanup(release))) int handle = 1;
  while (argc--) {
    __attribute__((cleanup(release_inner))) char *line = argv[argc];
    if (*line) continue;
  }
  return handle;
}
