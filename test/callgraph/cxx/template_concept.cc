// A requirement is not evaluated; it only chooses.
// expect-reachable: chosen
// expect-unreachable: required
extern "C" void chosen() {}
extern "C" int required() { return 1; }
template <typename T>
concept Countable = requires(T t) { t.count(); };
struct Value {
  int count() { return required(); }
};
template <Countable T>
void run(T) {
  chosen();
}
int main() { run(Value{}); }
