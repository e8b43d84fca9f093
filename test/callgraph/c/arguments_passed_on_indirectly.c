// Constants that pass through a call by pointer.
// expect-arguments: prctl[0] = 15
// expect-complete
static long sys2(long n, long a, long b) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b)
                   : "rcx", "r11", "memory");
  return r;
}
struct ops {
  long (*control)(int, long);
};
static long control(int option, long a) { return sys2(157, option, a); }
static const struct ops ops = {control};
static long run(const struct ops *o) { return o->control(15, 0); }
int main(void) { return run(&ops); }
