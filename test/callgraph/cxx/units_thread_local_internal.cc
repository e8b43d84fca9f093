// Static thread-local variables of one name in two units have initialisers of
// their own.
// expect-reachable: in_first
// expect-reachable: in_second
// unit: first.cc
extern "C" long in_first() { return 1; }
static thread_local long value = in_first();
long other();
int main() { return value + other(); }
// unit: second.cc
extern "C" long in_second() { return 2; }
static thread_local long value = in_second();
long other() { return value; }
