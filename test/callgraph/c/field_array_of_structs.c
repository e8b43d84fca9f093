// A table of structs: every element's field is one place, per field.
// expect-edge: main -> cmd_help
// expect-edge: main -> cmd_quit
// expect-no-edge: main -> undo_quit
struct command {
  const char *name;
  int (*run)(int);
  int (*undo)(int);
};
static int cmd_help(int n) { return n; }
static int cmd_quit(int n) { return n; }
static int undo_quit(int n) { return n; }
static const struct command commands[] = {
    {"help", cmd_help, 0}, {"quit", cmd_quit, undo_quit}, {0}};
int main(int argc, char **argv) {
  for (const struct command *c = commands; c->name; c++) c->run(argc);
  return 0;
}
