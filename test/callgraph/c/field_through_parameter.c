// A function stores its parameter in a field: callers' addresses arrive there.
// expect-edge: fire -> on_event
// expect-no-edge: fire -> decoy
// expect-edge: main -> decoy
struct source {
  void (*callback)(int);
};
static void on_event(int n) {}
static void decoy(int n) {}
static void (*other)(int) = decoy;
static void set_callback(struct source *s, void (*f)(int)) { s->callback = f; }
static void fire(struct source *s) { s->callback(1); }
int main(void) {
  struct source s;
  set_callback(&s, on_event);
  fire(&s);
  other(2);
  return 0;
}
