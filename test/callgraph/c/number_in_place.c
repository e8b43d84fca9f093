// The instruction stands in the function that knows the number.
// expect-call: getppid
// expect-complete
int main(void) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(110l) : "rcx", "r11", "memory");
  return r;
}
