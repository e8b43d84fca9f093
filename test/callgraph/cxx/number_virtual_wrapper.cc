// A number passed through a virtual call to its overriders.
// expect-call: getppid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct Gate {
  virtual long pass(long n) = 0;
};
struct Kernel : Gate {
  long pass(long n) override { return sys0(n); }
};
static long use(Gate& g) { return g.pass(110); }
int main() {
  Kernel k;
  return use(k);
}
