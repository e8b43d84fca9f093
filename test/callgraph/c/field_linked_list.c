// Callbacks in a list that grows: every node's field is the same place.
// expect-edge: run_all -> f
// expect-edge: run_all -> g
struct node {
  struct node *next;
  void (*call)(void);
};
static void f(void) {}
static void g(void) {}
static struct node *head;
static void add(struct node *n, void (*call)(void)) {
  n->call = call;
  n->next = head;
  head = n;
}
static void run_all(void) {
  for (struct node *n = head; n; n = n->next) n->call();
}
int main(void) {
  static struct node a, b;
  add(&a, f);
  add(&b, g);
  run_all();
  return 0;
}
