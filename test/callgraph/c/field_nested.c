// A field of a nested struct is the nested struct's, however it is reached.
// expect-edge: main -> read_it
// expect-no-edge: main -> write_it
struct methods {
  void (*read)(void);
  void (*write)(void);
};
struct file {
  int flags;
  struct methods methods;
};
static void read_it(void) {}
static void write_it(void) {}
static struct file file = {1, {read_it, write_it}};
int main(void) {
  struct methods *m = &file.methods;
  m->read();
  return 0;
}
