// The same record in two units is one: what one stores the other calls.
// expect-edge: run -> on_event
// expect-no-edge: run -> decoy
// unit: main.c
struct source {
  void (*callback)(int);
};
void run(struct source *s);
static void on_event(int n) {}
static void decoy(int n) {}
static void (*keep)(int) = decoy;
int main(void) {
  struct source s = {on_event};
  run(&s);
  keep(1);
  return 0;
}
// unit: library.c
struct source {
  void (*callback)(int);
};
void run(struct source *s) { s->callback(1); }
