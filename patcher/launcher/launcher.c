/* The launcher that `chestnut wrap` puts in front of a program: becomes that
 * program, as `chestnut run` does, with nothing read but its own image
 * (image.h) and, where asked to, the program's file. No libc, no environment,
 * no way to make it start anything else. */
#include "patcher/launcher/image.h"
#include "patcher/launcher/sha256.h"
#include "runtime/kernel_trace.h"
#include "runtime/message.h"
#include "runtime/start.h"

enum {
  SYS_OPEN = 2,
  OPEN_READ_ONLY = 0,
  ERROR_MISSING = 2, /* ENOENT */
  AT_PHDR = 3,
  AT_PHNUM = 5,
  SEGMENT_LOAD = 1, /* PT_LOAD */
  /* What shells end with, and env(1). */
  EXIT_NOT_INSTALLED = 125, /* of runtime/chestnut.h */
  EXIT_NOT_EXECUTED = 126,
  EXIT_NOT_FOUND = 127,
};

/* Elf64_Phdr */
struct program_header {
  unsigned int type;
  unsigned int flags;
  unsigned long offset, address, physical, file_size, memory_size, alignment;
};

/* Compilers call these for structs. */
void *memset(void *to, int byte, unsigned long size);
void *memcpy(void *to, const void *from, unsigned long size);

void *memset(void *to, int byte, unsigned long size) {
  void *at = to;
  __asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(byte) : "memory");
  return to;
}

void *memcpy(void *to, const void *from, unsigned long size) {
  void *at = to;
  __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
  return to;
}

static _Noreturn void fail(int status, const char *path, const char *what,
                           int error) {
  struct chestnut_message message;
  message.length = 0;
  chestnut_put(&message, "chestnut: the sandbox could not be put on: ");
  chestnut_put(&message, path);
  chestnut_put(&message, ": ");
  chestnut_put(&message, what);
  if (error != 0) {
    chestnut_put(&message, " (errno ");
    chestnut_put_number(&message, error);
    chestnut_put(&message, ")");
  }
  chestnut_put(&message, "; the program is not run\n");
  chestnut_send(&message);
  chestnut_exit_process(status);
}

static int same(const void *a, const void *b, unsigned long size) {
  const unsigned char *left = a;
  const unsigned char *right = b;
  for (unsigned long i = 0; i < size; ++i) {
    if (left[i] != right[i]) return 0;
  }
  return 1;
}

static unsigned long auxiliary(const unsigned long *vector,
                               unsigned long type) {
  for (; vector[0] != CHESTNUT_AT_NULL; vector += 2) {
    if (vector[0] == type) return vector[1];
  }
  return 0;
}

/* Its own program headers say where the image was loaded: the launcher is
 * linked to fixed addresses. */
static const struct chestnut_launcher_image *find_image(
    const unsigned long *vector) {
  static const char magic[] = CHESTNUT_LAUNCHER_MAGIC;
  const unsigned long count = auxiliary(vector, AT_PHNUM);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel's word for it
  const struct program_header *headers = (void *)auxiliary(vector, AT_PHDR);
  for (unsigned long i = 0; headers != 0 && i < count; ++i) {
    const struct chestnut_launcher_image *image =
        // NOLINTNEXTLINE(performance-no-int-to-ptr): a linker's
        (void *)headers[i].address;
    if (headers[i].type == SEGMENT_LOAD &&
        headers[i].file_size >= sizeof(*image) &&
        same(image->magic, magic, sizeof(image->magic)) &&
        image->size <= headers[i].file_size) {
      return image;
    }
  }
  fail(EXIT_NOT_INSTALLED, "this launcher",
       "it names no program; make another with chestnut wrap", 0);
}

static const void *within(const struct chestnut_launcher_image *image,
                          unsigned int offset) {
  return (const char *)image + offset;
}

/* Not against somebody who may replace the program, who may also replace this:
 * it tells that the policy was made for another version. */
static void check_digest(const struct chestnut_launcher_image *image,
                         const char *path) {
  static unsigned char buffer[64 << 10];
  static struct chestnut_sha256 sha;
  unsigned char digest[CHESTNUT_LAUNCHER_DIGEST_SIZE];
  long count;
  const long file = chestnut_call(SYS_OPEN, (long)path,
                                  OPEN_READ_ONLY | CHESTNUT_O_CLOEXEC, 0, 0, 0);
  if (file < 0) {
    fail(file == -ERROR_MISSING ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTED, path,
         "it cannot be read", (int)-file);
  }
  chestnut_sha256_begin(&sha);
  while ((count = chestnut_call(CHESTNUT_SYS_READ, file, (long)buffer,
                                sizeof(buffer), 0, 0)) > 0) {
    chestnut_sha256_add(&sha, buffer, (unsigned long)count);
  }
  chestnut_call(CHESTNUT_SYS_CLOSE, file, 0, 0, 0, 0);
  if (count < 0) {
    fail(EXIT_NOT_EXECUTED, path, "it cannot be read", (int)-count);
  }
  chestnut_sha256_end(&sha, digest);
  if (!same(digest, image->digest, sizeof(digest))) {
    fail(EXIT_NOT_INSTALLED, path,
         "it is not the file that the policy was made for; wrap it again", 0);
  }
}

static void use(const struct chestnut_launcher_image *image,
                const struct chestnut_launcher_filter *filter,
                struct chestnut_start *start) {
  start->filter = within(image, filter->offset);
  start->filter_length = filter->length;
  start->canary_errno = filter->canary_errno;
}

static _Noreturn void run(const struct chestnut_launcher_image *image,
                          char **arguments, char **environment) {
  const char *path = within(image, image->path);
  struct chestnut_start start = {
      .path = path, .arguments = arguments, .environment = environment};
  struct chestnut_start_failure failure;
  int status = EXIT_NOT_INSTALLED;
  if ((image->flags & CHESTNUT_LAUNCHER_DIGEST) != 0) check_digest(image, path);
  use(image, &image->at_entry, &start);
  failure = chestnut_start_at_entry(&start);
  if (failure.step == CHESTNUT_START_TRACE &&
      (image->flags & CHESTNUT_LAUNCHER_EXEC) != 0) {
    use(image, &image->at_exec, &start);
    failure = chestnut_start_at_exec(&start);
  }
  if (failure.step == CHESTNUT_START_EXECUTE) {
    status =
        failure.error == ERROR_MISSING ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTED;
  }
  fail(status, path, failure.what, failure.error);
}

/* `stack` is what execve(2) left: arguments, environment, auxiliary vector. */
__attribute__((used)) static _Noreturn void begin(char **stack) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): argc
  char **arguments = stack + 1;
  char **environment = arguments + (long)stack[0] + 1;
  char **end = environment;
  const struct chestnut_launcher_image *image;
  while (*end != 0) ++end;
  image = find_image((const unsigned long *)(end + 1));
  if ((image->flags & CHESTNUT_LAUNCHER_LOG) != 0) {
    struct chestnut_message message;
    message.length = 0;
    chestnut_put(&message,
                 "chestnut: mode log: this program is not confined; calls "
                 "outside its policy are only written to the kernel's log\n");
    chestnut_send(&message);
  }
  run(image, arguments, environment);
}

__asm__(
    ".globl _start\n"
    "_start:\n\t"
    "endbr64\n\t"
    "mov %rsp, %rdi\n\t"
    "xor %ebp, %ebp\n\t"
    "and $-16, %rsp\n\t"
    "call begin\n\t"
    "ud2\n");
