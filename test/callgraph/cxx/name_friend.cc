// A friend that is defined inside its class is found through its argument.
// expect-reachable: in_friend
// expect-unreachable: in_outer
extern "C" void in_friend() {}
extern "C" void in_outer() {}
namespace library {
struct Value {
  friend void run(const Value&) { in_friend(); }
};
}  // namespace library
static void run(...) { in_outer(); }
int main() { run(library::Value()); }
