// Lambdas in default arguments and default member initialisers.
// expect-reachable: in_argument
// expect-reachable: in_member
extern "C" int in_argument() { return 1; }
extern "C" int in_member() { return 2; }
static int run(int n = [] { return in_argument(); }()) { return n; }
struct Value {
  int n = [] { return in_member(); }();
};
int main() { return run() + Value{}.n; }
