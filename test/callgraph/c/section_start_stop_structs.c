// Linker sets of structs, as kernels and test runners keep them.
// expect-edge: main -> test_one
// expect-no-edge: main -> cleanup_one
struct test {
  const char *name;
  void (*run)(void);
  void (*cleanup)(void);
};
static void test_one(void) {}
static void cleanup_one(void) {}
__attribute__((section("tests")))
const struct test one = {"one", test_one, cleanup_one};
extern const struct test __start_tests[], __stop_tests[];
int main(void) {
  for (const struct test *t = __start_tests; t < __stop_tests; t++) t->run();
  return 0;
}
