// A number that a constructor stores and a method uses.
// expect-call: getppid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
class Call {
 public:
  explicit Call(long number) : number_(number) {}
  long run() const { return sys0(number_); }

 private:
  long number_;
  long other_ = 59;
};
int main() { return Call(110).run(); }
