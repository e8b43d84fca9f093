// reinterpret_cast, functional and C-style casts of function pointers.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-edge: main -> h
extern "C" void f(int) {}
extern "C" void g(int) {}
extern "C" void h(int) {}
using Other = void (*)(char);
static Other a = reinterpret_cast<Other>(f);
int main() {
  a('a');
  void* p = reinterpret_cast<void*>(g);
  reinterpret_cast<void (*)(int)>(p)(1);
  auto n = (unsigned long)h;
  using Hook = void (*)(int);
  (Hook(n))(2);
}
