// Each unit has a copy of an inline function; all are one.
// expect-reachable: leaf
// expect-edge: first -> leaf
// unit: main.cc
extern "C" void leaf();
inline void shared() { leaf(); }
void other();
extern "C" void first() {
  leaf();
  shared();
}
int main() {
  first();
  other();
}
// unit: other.cc
extern "C" void leaf() {}
inline void shared() { leaf(); }
void other() { shared(); }
