// What clang has to be told besides a version when it reads what gcc compiles.
#ifndef CHESTNUT_FRONTEND_GCC_LANGUAGE_H_
#define CHESTNUT_FRONTEND_GCC_LANGUAGE_H_

namespace chestnut::frontend {

// Options for clang, with -fgnuc-version. glibc's fortified headers pass the
// arguments of a variadic function on by gcc's builtins. Here they are values
// that nobody knows, so that nothing is concluded from them.
inline constexpr const char* kGccDefinitions[] = {
    "-D__builtin_va_arg_pack()=(*(volatile long*)1)",
    "-D__builtin_va_arg_pack_len()=(*(volatile int*)1)"};

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_GCC_LANGUAGE_H_
