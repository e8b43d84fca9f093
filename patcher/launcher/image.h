/* What `chestnut wrap` puts into a launcher's file: found by its magic at the
 * beginning of the last loaded segment. Written in C++, read in C; offsets
 * count from the beginning of the struct. */
#ifndef CHESTNUT_PATCHER_LAUNCHER_IMAGE_H_
#define CHESTNUT_PATCHER_LAUNCHER_IMAGE_H_

#define CHESTNUT_LAUNCHER_MAGIC "ChestnutWrap\0\0\1"

enum {
  CHESTNUT_LAUNCHER_MAGIC_SIZE = 16,
  CHESTNUT_LAUNCHER_DIGEST_SIZE = 32,

  /* Of `flags`. */
  CHESTNUT_LAUNCHER_LOG = 1,    /* the filter enforces nothing: says so */
  CHESTNUT_LAUNCHER_DIGEST = 2, /* the program's file must have the digest */
  CHESTNUT_LAUNCHER_EXEC = 4,   /* where nothing can be traced, the second
                                   filter goes on before execve */
};

struct chestnut_launcher_filter {
  unsigned int offset; /* of instructions as the kernel's struct sock_filter */
  unsigned int length; /* in instructions */
  int canary_errno;
};

struct chestnut_launcher_image {
  char magic[CHESTNUT_LAUNCHER_MAGIC_SIZE];
  unsigned int size; /* of everything */
  unsigned int flags;
  unsigned int path; /* offset of the program's absolute path, with its NUL */
  struct chestnut_launcher_filter at_entry;
  struct chestnut_launcher_filter at_exec;
  unsigned char digest[CHESTNUT_LAUNCHER_DIGEST_SIZE]; /* SHA-256 */
};

#endif /* CHESTNUT_PATCHER_LAUNCHER_IMAGE_H_ */
