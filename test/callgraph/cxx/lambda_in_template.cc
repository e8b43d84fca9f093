// A lambda in a function template is one for each instance.
// expect-reachable: for_int
// expect-unreachable: for_char
extern "C" void for_int() {}
extern "C" void for_char() {}
static void hit(int) { for_int(); }
static void hit(char) { for_char(); }
static void run(void (*f)()) { f(); }
template <typename T>
void start() {
  run([] { hit(T{}); });
}
void never_called() { start<char>(); }
int main() { start<int>(); }
