// `used` on a function is a promise that something unseen calls it.
// expect-reachable: f
// expect-unreachable: g
void leaf(void) {}
__attribute__((used)) static void f(void) { leaf(); }
void g(void) {}
int main(void) { return 0; }
