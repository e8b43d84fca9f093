// A static local of an inline function template is made for each instance.
// expect-reachable: for_int
// expect-unreachable: for_char
extern "C" void for_int() {}
extern "C" void for_char() {}
struct IntTag {
  IntTag() { for_int(); }
};
struct CharTag {
  CharTag() { for_char(); }
};
template <typename T>
inline T& instance() {
  static T value;
  return value;
}
void never_called() { instance<CharTag>(); }
int main() { instance<IntTag>(); }
