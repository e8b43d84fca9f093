/* What a patched program runs first, in place of its own entry point: puts the
 * filter on by the steps of runtime/install_rules.h, in their order and with
 * their answers, and goes on at the entry point with all registers as they
 * were. Position-independent, without relocations, and never run where it is
 * assembled: it is data that the patcher copies (stub.h), the filter behind it.
 *
 * The stack is used below what the kernel or the loader left there; at an entry
 * point there is no red zone. rdx is the loader's exit hook, and by the ABI the
 * other registers are unspecified; a program that looks finds them all the
 * same. `syscall` clobbers rcx and r11. */

#include "runtime/canary.h"

#define CHESTNUT_EXIT_NOT_INSTALLED 125 /* runtime/chestnut.h */
#define SYS_WRITE 1
#define SYS_PRCTL 157
#define SYS_EXIT_GROUP 231
#define SYS_SECCOMP 317
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39
#define SECCOMP_SET_MODE_FILTER 1
#define SECCOMP_FILTER_FLAG_TSYNC 1

        .section .rodata.chestnut_stub, "a", @progbits
        .globl  chestnut_stub_begin
        .globl  chestnut_stub_parameters
        .globl  chestnut_stub_jump
        .globl  chestnut_stub_end
        .hidden chestnut_stub_begin
        .hidden chestnut_stub_parameters
        .hidden chestnut_stub_jump
        .hidden chestnut_stub_end

        .p2align 4
chestnut_stub_begin:
        endbr64
        push    %rax
        push    %rcx
        push    %rdx
        push    %rbx
        push    %rsi
        push    %rdi
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %r12
        pushfq

        cmpl    $0, log_only(%rip)
        je      take_steps
        lea     not_confined(%rip), %rsi
        mov     $(not_confined_end - not_confined), %edx
        mov     $2, %edi
        mov     $SYS_WRITE, %eax
        syscall

take_steps:
        mov     $PR_SET_NO_NEW_PRIVS, %edi
        mov     $1, %esi
        call    make_prctl
        lea     text_set_no_new_privs(%rip), %rbx
        test    %rax, %rax
        jne     fail

        /* A filter that was there before may have answered in the kernel's
         * name. */
        mov     $PR_GET_NO_NEW_PRIVS, %edi
        xor     %esi, %esi
        call    make_prctl
        lea     text_get_no_new_privs(%rip), %rbx
        cmp     $1, %rax
        jne     fail

        /* struct sock_fprog */
        lea     filter(%rip), %rax
        push    %rax
        mov     filter_length(%rip), %eax
        push    %rax
        mov     $SECCOMP_SET_MODE_FILTER, %edi
        mov     $SECCOMP_FILTER_FLAG_TSYNC, %esi
        mov     %rsp, %rdx
        mov     $SYS_SECCOMP, %eax
        syscall
        add     $16, %rsp
        lea     text_refused(%rip), %rbx
        test    %rax, %rax
        js      fail
        lea     text_other_thread(%rip), %rbx
        jne     fail

        xor     %edi, %edi
        xor     %esi, %esi
        xor     %edx, %edx
        mov     $CHESTNUT_CANARY_NUMBER, %eax
        syscall
        lea     text_not_in_force(%rip), %rbx
        movslq  canary_errno(%rip), %rcx
        neg     %rcx
        cmp     %rcx, %rax
        jne     fail

        popfq
        pop     %r12
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rdi
        pop     %rsi
        pop     %rbx
        pop     %rdx
        pop     %rcx
        pop     %rax
        .byte   0xe9                    /* jmp to the entry point */
chestnut_stub_jump:
        .long   0

/* prctl(edi, esi, 0, 0, 0) */
make_prctl:
        xor     %edx, %edx
        xor     %r10d, %r10d
        xor     %r8d, %r8d
        mov     $SYS_PRCTL, %eax
        syscall
        ret

/* Says what (the text at rbx) was answered how (rax), in one write, and ends
 * the process. */
fail:
        mov     %rax, %r12
        sub     $512, %rsp
        cld
        mov     %rsp, %rdi
        lea     text_prefix(%rip), %rsi
        call    append
        mov     %rbx, %rsi
        call    append
        lea     text_open(%rip), %rsi
        call    append
        mov     %r12, %rax
        test    %rax, %rax
        jns     append_number
        movb    $'-', (%rdi)
        inc     %rdi
        neg     %rax
append_number:
        /* Digits from the last to the first on the stack, then in order. */
        mov     %rsp, %r8
        mov     $10, %ecx
next_digit:
        xor     %edx, %edx
        div     %rcx
        add     $'0', %edx
        push    %rdx
        test    %rax, %rax
        jne     next_digit
copy_digit:
        pop     %rax
        stosb
        cmp     %r8, %rsp
        jne     copy_digit
        lea     text_close(%rip), %rsi
        call    append
        mov     %rdi, %rdx
        mov     %rsp, %rsi
        sub     %rsi, %rdx
        mov     $2, %edi
        mov     $SYS_WRITE, %eax
        syscall
        mov     $CHESTNUT_EXIT_NOT_INSTALLED, %edi
        mov     $SYS_EXIT_GROUP, %eax
        syscall
        ud2

/* Appends the text at rsi, which ends with a NUL, at rdi. */
append:
        lodsb
        test    %al, %al
        je      appended
        stosb
        jmp     append
appended:
        ret

/* Those of chestnut_step_failure, and of runtime.c. */
text_set_no_new_privs:
        .asciz  "no_new_privs was refused"
text_get_no_new_privs:
        .asciz  "no_new_privs is not on"
text_refused:
        .asciz  "the kernel refused the filter"
text_other_thread:
        .asciz  "this thread has a filter that the others do not have"
text_not_in_force:
        .asciz  "the kernel took the filter, but it is not in force"
text_prefix:
        .asciz  "chestnut: the sandbox could not be put on: "
text_open:
        .asciz  " ("
text_close:
        .asciz  "); the program is not run\n"
not_confined:
        .ascii  "chestnut: mode log: this program is not confined; calls "
        .ascii  "outside its policy are only written to the kernel's log\n"
not_confined_end:

        /* struct StubParameters of stub.h; the patcher fills it in. */
        .p2align 3
chestnut_stub_parameters:
        .ascii  "ChestnutPatch\0\0\1"
canary_errno:
        .long   0
filter_length:
        .long   0                       /* in instructions */
log_only:
        .long   0
        .long   0                       /* note_offset */
        .long   0                       /* note_size */
        .long   0
filter:
chestnut_stub_end:

        .section .note.GNU-stack, "", @progbits
