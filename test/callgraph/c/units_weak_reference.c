// A weak reference to a function that another unit does define.
// expect-reachable: in_optional
// unit: main.c
void optional(void) __attribute__((weak));
int main(void) {
  if (optional) optional();
  return 0;
}
// unit: optional.c
void in_optional(void) {}
void optional(void) { in_optional(); }
