/* What compilers expect of crtbegin.o; musl itself walks the arrays of
 * constructors and destructors. */
void *__dso_handle = 0;
