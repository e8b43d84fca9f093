// A destroying operator delete ends the object's life itself.
// expect-reachable: destroying
// expect-reachable: gone
namespace std {
struct destroying_delete_t {};
}  // namespace std
extern "C" void destroying() {}
extern "C" void gone() {}
struct Value {
  ~Value() { gone(); }
  static void operator delete(Value* v, std::destroying_delete_t) {
    destroying();
    v->~Value();
  }
};
int main() { delete new Value; }
