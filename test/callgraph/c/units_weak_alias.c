// libc's idiom: a weak alias of a dummy, overridden by another unit.
// expect-reachable: in_flush
// unit: main.c
void in_flush(void) {}
void flush_all(void) { in_flush(); }
void leave(void);
int main(void) {
  leave();
  return 0;
}
// unit: exit.c
static void dummy(void) {}
void flush_all(void) __attribute__((weak, alias("dummy")));
void leave(void) { flush_all(); }
