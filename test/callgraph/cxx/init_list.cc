// A braced list makes an initializer_list whose elements live and die.
// expect-reachable: made
// expect-reachable: gone
// expect-reachable: taken
namespace std {
template <typename T>
class initializer_list {
  const T* begin_;
  decltype(sizeof 0) size_;

 public:
  const T* begin() const { return begin_; }
};
}  // namespace std
extern "C" void made() {}
extern "C" void gone() {}
extern "C" void taken() {}
struct Value {
  Value(int) { made(); }
  ~Value() { gone(); }
};
struct List {
  List(std::initializer_list<Value>) { taken(); }
};
int main() { List list = {1, 2, 3}; }
