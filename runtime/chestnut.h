/* Chestnut's interface for the programs it confines. Most programs need none of
 * it: `chestnut cc` puts the filter on before main and finds the system calls
 * by itself. It is for programs that install the filter by hand, and for
 * functions written in assembly of which the code does not tell all (a system
 * call whose number comes from memory).
 *
 * C11 and C++; no other header is needed. */
#ifndef CHESTNUT_H_
#define CHESTNUT_H_

#ifdef __cplusplus
extern "C" {
#endif

/* The exit status of a program whose sandbox could not be put on. */
#define CHESTNUT_EXIT_NOT_INSTALLED 125

/* Puts the filter of this program's policy on all its threads, for good. Call
 * it once, where the policy's install point is `manual`; everything that the
 * program can do afterwards is in the policy, what it does before is not. It
 * does not return if the filter is not in force: it writes one line to standard
 * error and ends the process with CHESTNUT_EXIT_NOT_INSTALLED. A program that
 * is not linked by Chestnut does not have this function. */
void chestnut_install(void);

/* Annotations say what functions written in assembly do, in place of what their
 * code says. They are read from the source by Chestnut's frontend and leave
 * nothing in the program. Each stands where a declaration may stand and ends
 * with a semicolon; any source file of the program may hold them.
 *
 * Encoding, for tools: each is a declaration of `const char` with clang's
 * attribute `annotate`, whose arguments are a keyword, the function's linkage
 * name as a string, and for each operand an integer constant expression (a
 * value), the string "$i" (parameter i of the function, from 0), or the string
 * "?" (not known):
 *   annotate("chestnut_syscall", "function", number, argument0, ...)
 *   annotate("chestnut_call", "function", "target") or (..., "$i")
 *   annotate("chestnut_reviewed", "function")
 * Operands that are left out are not known. */

/* As an operand: the function's own parameter i, counted from 0. */
#define CHESTNUT_ARG(i) "$" #i
/* As an operand: some value. */
#define CHESTNUT_UNKNOWN "?"

/* `function` makes the system call `number` with up to six arguments:
 *   CHESTNUT_ASSEMBLY_SYSCALL(__clone, SYS_clone, CHESTNUT_ARG(2),
 *                             CHESTNUT_UNKNOWN);
 * A function that makes several has one annotation for each. */
#define CHESTNUT_ASSEMBLY_SYSCALL(function, ...) \
  CHESTNUT_ANNOTATION_("chestnut_syscall", #function, __VA_ARGS__)

/* `function` calls or jumps to `target`, the linkage name of a function as a
 * string or CHESTNUT_ARG(i) for the function that parameter i points to. */
#define CHESTNUT_ASSEMBLY_CALL(function, target) \
  CHESTNUT_ANNOTATION_("chestnut_call", #function, target)

/* `function` was reviewed: what its other annotations say is all it does;
 * without any, it makes no system call and calls nothing. */
#define CHESTNUT_ASSEMBLY_FUNCTION(function) \
  CHESTNUT_ANNOTATION_("chestnut_reviewed", #function)

#if defined(__clang__)
#define CHESTNUT_ANNOTATION_(...)                                     \
  extern const char CHESTNUT_JOIN_(chestnut_annotation_, __COUNTER__) \
      __attribute__((annotate(__VA_ARGS__), unused))
#define CHESTNUT_JOIN_(a, b) CHESTNUT_JOIN_NOW_(a, b)
#define CHESTNUT_JOIN_NOW_(a, b) a##b
#else
/* Other compilers have nothing to read: the frontend is clang in any case. */
#define CHESTNUT_ANNOTATION_(...) struct chestnut_annotation
#endif

#ifdef __cplusplus
}
#endif

#endif /* CHESTNUT_H_ */
