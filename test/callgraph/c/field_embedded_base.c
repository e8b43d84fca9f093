// A struct whose first member is another: the base pointer reaches its fields.
// expect-edge: show -> button_draw
// expect-no-edge: show -> button_click
struct widget {
  void (*draw)(struct widget *);
};
struct button {
  struct widget base;
  void (*click)(struct widget *);
};
static void button_draw(struct widget *w) { ((struct button *)w)->click(w); }
static void button_click(struct widget *w) {}
static void show(struct widget *w) { w->draw(w); }
int main(void) {
  struct button b = {{button_draw}, button_click};
  show(&b.base);
  return 0;
}
