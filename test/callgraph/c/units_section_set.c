// A linker set that other units contribute to.
// expect-edge: main -> test_one
// expect-edge: main -> test_two
// unit: main.c
typedef void (*test)(void);
extern const test __start_tests[], __stop_tests[];
int main(void) {
  for (const test *t = __start_tests; t < __stop_tests; t++) (*t)();
  return 0;
}
// unit: one.c
static void test_one(void) {}
__attribute__((section("tests"),
               used)) static void (*const one)(void) = test_one;
// unit: two.c
static void test_two(void) {}
__attribute__((section("tests"))) void (*const two)(void) = test_two;
