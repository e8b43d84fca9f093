// An asm label renames a function for the linker.
// expect-reachable: leaf
// expect-edge: main -> the_body
static void leaf(void) {}
void visible(void) __asm__("the_body");
int main(void) {
  visible();
  return 0;
}
void the_body(void) { leaf(); }
