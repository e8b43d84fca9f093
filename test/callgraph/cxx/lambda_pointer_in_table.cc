// Lambdas in a table of function pointers, called by field.
// expect-reachable: on_open
// expect-unreachable: on_close
extern "C" void on_open() {}
extern "C" void on_close() {}
struct Operations {
  void (*open)();
  void (*close)();
};
static const Operations operations = {
    [] { on_open(); },
    [] { on_close(); },
};
int main() { operations.open(); }
