// container_of goes from a member back to the struct around it.
// expect-edge: notify -> f
struct node {
  struct node *next;
};
struct listener {
  void (*callback)(void);
  struct node node;
};
static void f(void) {}
static void notify(struct node *n) {
  struct listener *l =
      (struct listener *)((char *)n -
                          __builtin_offsetof(struct listener, node));
  l->callback();
}
int main(void) {
  struct listener l = {f, {0}};
  notify(&l.node);
  return 0;
}
