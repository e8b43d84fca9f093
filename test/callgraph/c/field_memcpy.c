// Bytes copied from struct to struct of the same type bring the pointers along.
// expect-edge: main -> f
struct hook {
  long id;
  void (*call)(void);
};
static void f(void) {}
static void copy(void *to, const void *from, unsigned long n) {
  for (char *t = to; n--; t++, from = (const char *)from + 1)
    *t = *(const char *)from;
}
int main(void) {
  struct hook a = {1, f}, b;
  copy(&b, &a, sizeof a);
  b.call();
  return 0;
}
