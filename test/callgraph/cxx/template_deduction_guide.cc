// Class template argument deduction picks the constructor.
// expect-reachable: made_from_text
// expect-unreachable: made_from_int
extern "C" void made_from_text() {}
extern "C" void made_from_int() {}
struct Text {};
template <typename T>
struct Box {
  explicit Box(T) { made_from_int(); }
};
template <>
struct Box<Text> {
  explicit Box(const char*) { made_from_text(); }
};
Box(const char*) -> Box<Text>;
int main() { Box b("text"); }
