// An extern template's body is in the unit that instantiates it.
// expect-reachable: in_body
// unit: main.cc
template <typename T>
struct Box {
  void run(T value);
};
extern template struct Box<int>;
int main() { Box<int>().run(1); }
// unit: box.cc
extern "C" void in_body() {}
template <typename T>
struct Box {
  void run(T value);
};
template <typename T>
void Box<T>::run(T) {
  in_body();
}
template struct Box<int>;
