// The pool of a signature takes in the addresses taken by every unit.
// expect-edge: main -> f
// expect-no-edge: main -> not_taken
// unit: main.c
void fill(int (**where)(const char *));
int main(void) {
  int (*p)(const char *) = 0;
  fill(&p);
  return p("text");
}
// unit: library.c
static int f(const char *s) { return *s; }
int not_taken(const char *s) { return *s; }
void fill(int (**where)(const char *)) { *where = f; }
