// A handler that throws another exception, inside a destructor's scope.
// expect-reachable: first_handler
// expect-reachable: second_handler
// expect-reachable: gone
extern "C" void first_handler() {}
extern "C" void second_handler() {}
extern "C" void gone() {}
struct Value {
  ~Value() { gone(); }
};
int main() {
  try {
    try {
      throw 1;
    } catch (int) {
      Value v;
      first_handler();
      throw 'c';
    }
  } catch (char) {
    second_handler();
  }
}
