// An alias is another name of the same body.
// expect-reachable: leaf
// expect-edge: real -> leaf
static void leaf(void) {}
void real(void) { leaf(); }
void other(void) __attribute__((alias("real")));
void weak_other(void) __attribute__((weak, alias("other")));
int main(void) {
  weak_other();
  return 0;
}
