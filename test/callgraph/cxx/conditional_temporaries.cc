// Temporaries on either side of a condition, and in && and ||.
// expect-reachable: gone
// expect-reachable: left
// expect-reachable: right
extern "C" void gone() {}
extern "C" bool left() { return true; }
extern "C" bool right() { return false; }
struct Value {
  bool ok;
  ~Value() { gone(); }
};
int main(int argc, char**) {
  bool both = Value{left()}.ok && Value{right()}.ok;
  return (argc ? Value{both} : Value{false}).ok;
}
