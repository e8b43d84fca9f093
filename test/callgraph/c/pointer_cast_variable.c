// Casting a variable, not a function: its candidates go along (nginx does so).
// expect-edge: run -> f
typedef void (*specific)(int *);
typedef void (*generic)(void *);
struct slot {
  generic call;
};
static void f(int *n) { *n = 1; }
static specific chosen = f;
static void run(struct slot *s) {
  int n;
  s->call(&n);
}
int main(void) {
  struct slot s = {(generic)chosen};
  run(&s);
  return 0;
}
