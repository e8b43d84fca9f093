#include <string.h>
#include <unistd.h>

#include "lib/greeting.h"
#include "lib/table.h"

// socket(AF_UNIX, SOCK_STREAM, 0) as an attacker makes it who owns the control
// flow: with a system call instruction that lies in libc for another call.
static long Break(void) {
  const unsigned char* code = (const unsigned char*)&getppid;
  while (code[0] != 0x0f || code[1] != 0x05) ++code;
  long result;
  __asm__ volatile("call *%1"
                   : "=a"(result)
                   : "r"(code), "0"(41L), "D"(1L), "S"(1L), "d"(0L)
                   : "rcx", "r11", "memory");
  return result;
}

int main(int argc, char** argv) {
  for (int i = 0; i < 2; ++i) Greet(kNames[i]);
  return argc > 1 && strcmp(argv[1], "break") == 0 && Break() < 0;
}
