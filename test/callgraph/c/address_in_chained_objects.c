// An object reached through another object's initialiser is live.
// expect-edge: main -> f
// expect-unreachable: g
struct table {
  const struct table *next;
  void (*call)(void);
};
static void f(void) {}
void g(void) {}
static const struct table last = {0, f};
static const struct table middle = {&last, 0};
const struct table dead = {&middle, g};
int main(void) {
  const struct table *t = &middle;
  t->next->call();
  return 0;
}
