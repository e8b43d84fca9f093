// A generic lambda has a body for every type that it is called with.
// expect-reachable: for_int
// expect-reachable: for_pointer
// expect-unreachable: for_char
extern "C" void for_int() {}
extern "C" void for_pointer() {}
extern "C" void for_char() {}
static void hit(int) { for_int(); }
static void hit(void*) { for_pointer(); }
static void hit(char) { for_char(); }
int main() {
  auto call = [](auto value) { hit(value); };
  call(1);
  call(static_cast<void*>(nullptr));
}
