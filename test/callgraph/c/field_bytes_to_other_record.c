// Bytes of one record copied into another: the pointer arrives in the other.
// expect-edge: main -> f
struct packet {
  long id;
  void (*handler)(void);
};
struct message {
  long number;
  void (*action)(void);
};
static void f(void) {}
int main(void) {
  struct packet p = {1, f};
  struct message m;
  __builtin_memcpy(&m, &p, sizeof m);
  m.action();
  return 0;
}
