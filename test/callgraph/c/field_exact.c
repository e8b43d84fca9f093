// A field holds what was stored in it; a neighbour of its type does not matter.
// expect-edge: call_open -> do_open
// expect-no-edge: call_open -> do_close
// expect-edge: call_close -> do_close
// expect-no-edge: call_close -> do_open
struct ops {
  void (*open)(void);
  void (*close)(void);
};
static void do_open(void) {}
static void do_close(void) {}
static struct ops ops = {do_open, do_close};
static void call_open(struct ops *o) { o->open(); }
static void call_close(struct ops *o) { o->close(); }
int main(void) {
  call_open(&ops);
  call_close(&ops);
  return 0;
}
