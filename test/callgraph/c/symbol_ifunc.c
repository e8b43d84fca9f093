// Every function that an ifunc's resolver can return is a target.
// expect-reachable: fast
// expect-reachable: slow
// expect-reachable: probe
// expect-unreachable: unused
static int probe(void) { return 1; }
void fast(void) {}
void slow(void) {}
void unused(void) {}
static void (*resolve(void))(void) { return probe() ? fast : slow; }
void work(void) __attribute__((ifunc("resolve")));
int main(void) {
  work();
  return 0;
}
