// Variadic functions called through a pointer.
// expect-edge: main -> print
// expect-no-edge: main -> plain
static int print(const char *format, ...) { return *format; }
static int plain(const char *format) { return *format; }
static int (*keep)(const char *) = plain;
static int run(void) { return keep(""); }
static int (*output)(const char *, ...) = print;
int main(void) { return output("%d", 1) + run(); }
