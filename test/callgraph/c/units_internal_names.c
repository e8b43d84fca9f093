// Static functions and variables of one name in two units are different.
// expect-reachable: in_first
// expect-unreachable: in_second
// unit: first.c
void in_first(void) {}
static void step(void) { in_first(); }
static void (*hook)(void) = step;
int main(void) {
  hook();
  return 0;
}
// unit: second.c
void in_second(void) {}
static void step(void) { in_second(); }
static void (*hook)(void) = step;
void never_called(void) { hook(); }
