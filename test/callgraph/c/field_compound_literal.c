// A compound literal's address passed on carries its fields.
// expect-edge: run -> f
// expect-no-edge: run -> g
struct job {
  void (*step)(void);
  void (*done)(void);
};
static void f(void) {}
static void g(void) {}
static void run(const struct job *j) { j->step(); }
int main(void) {
  run(&(struct job){.done = g, .step = f});
  return 0;
}
