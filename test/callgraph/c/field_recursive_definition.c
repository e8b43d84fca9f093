// A callback that is given the struct that holds it, and replaces itself.
// expect-edge: main -> first
// expect-edge: main -> second
struct machine {
  void (*state)(struct machine *);
};
static void second(struct machine *m) { m->state = 0; }
static void first(struct machine *m) { m->state = second; }
int main(void) {
  struct machine m = {first};
  while (m.state) m.state(&m);
  return 0;
}
