// A static table in a class template, filled for each instance.
// expect-reachable: for_int
// expect-unreachable: for_char
extern "C" void for_int() {}
extern "C" void for_char() {}
static void hit(int) { for_int(); }
static void hit(char) { for_char(); }
template <typename T>
struct Table {
  static void run() { hit(T{}); }
  static constexpr void (*entries[])() = {run};
};
void never_called() { Table<char>::entries[0](); }
int main(int argc, char**) { Table<int>::entries[argc & 0](); }
