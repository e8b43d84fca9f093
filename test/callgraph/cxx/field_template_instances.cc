// Each instance of a class template is a record of its own.
// expect-edge: call_int -> f
// expect-no-edge: call_int -> g
// expect-edge: call_char -> g
// expect-no-edge: call_char -> f
extern "C" void f() {}
extern "C" void g() {}
template <typename T>
struct Holder {
  void (*hook)();
  T value;
};
extern "C" void call_int(Holder<int>& h) { h.hook(); }
extern "C" void call_char(Holder<char>& h) { h.hook(); }
int main() {
  Holder<int> i{f, 1};
  Holder<char> c{g, 'c'};
  call_int(i);
  call_char(c);
}
