// A function that gives back its argument: signal()'s way of telling the old.
// expect-edge: main -> f
static void f(void) {}
typedef void (*handler)(void);
static handler current;
static handler exchange(handler next) {
  handler old = current;
  current = next;
  return old;
}
int main(void) {
  exchange(f);
  exchange(0)();
  return 0;
}
