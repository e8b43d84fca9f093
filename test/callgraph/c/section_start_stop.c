// __start_X refers to every object in section X, and to no other section's.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-unreachable: not_hooked
typedef void (*hook)(void);
static void f(void) {}
static void g(void) {}
void not_hooked(void) {}
__attribute__((section("hooks"), used)) static const hook first = f;
__attribute__((section("hooks"), used)) static const hook second = g;
__attribute__((section("others"))) const hook third = not_hooked;
extern const hook __start_hooks[], __stop_hooks[];
int main(void) {
  for (const hook *h = __start_hooks; h < __stop_hooks; h++) (*h)();
  return 0;
}
