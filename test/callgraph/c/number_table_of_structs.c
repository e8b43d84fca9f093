// A table of structs: each field is a set of its own.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static const struct {
  int key, number;
} table[] = {{59, 110}, {59, 102}};
int main(int argc, char **argv) { return sys0(table[argc & 1].number); }
