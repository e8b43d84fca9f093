// Default member initialisers run in the constructors that don't override them.
// expect-reachable: used
// expect-reachable: aggregate
extern "C" int used() { return 1; }
extern "C" int aggregate() { return 2; }
struct Value {
  int n = used();
  Value() {}
};
struct Aggregate {
  int a, b = aggregate();
};
int main() {
  Value v;
  Aggregate a{1};
  return v.n + a.b;
}
