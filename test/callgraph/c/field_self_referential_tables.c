// Tables that point at each other are followed without end or loss.
// expect-edge: main -> ping
// expect-edge: ping -> pong
// expect-edge: pong -> ping
struct ops {
  const struct ops *peer;
  void (*hit)(const struct ops *, int);
};
static const struct ops a, b;
static void ping(const struct ops *o, int n) {
  if (n) o->peer->hit(o->peer, n - 1);
}
static void pong(const struct ops *o, int n) {
  if (n) o->peer->hit(o->peer, n - 1);
}
static const struct ops a = {&b, ping};
static const struct ops b = {&a, pong};
int main(void) {
  a.hit(&a, 5);
  return 0;
}
