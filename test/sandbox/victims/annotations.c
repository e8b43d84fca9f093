/* Every annotation of chestnut.h. */
#include <sys/syscall.h>

#include "runtime/chestnut.h"

CHESTNUT_ASSEMBLY_SYSCALL(__clone, SYS_clone, CHESTNUT_ARG(2), CHESTNUT_UNKNOWN,
                          7);
CHESTNUT_ASSEMBLY_SYSCALL(raw_syscall, CHESTNUT_ARG(0));
CHESTNUT_ASSEMBLY_CALL(__clone, CHESTNUT_ARG(0));
CHESTNUT_ASSEMBLY_CALL(__syscall_cp_asm, "__cancel");
CHESTNUT_ASSEMBLY_FUNCTION(memcpy);

int main(void) { return 0; }
