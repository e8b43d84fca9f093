// Copies a file: the program whose sandbox everybody can guess.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int Fail(const char *what, const char *path) {
  fprintf(stderr, "copy: %s %s: %s\n", what, path, strerror(errno));
  return 1;
}

// Copies all of `from` to `to`; returns the number of bytes, or -1.
static long Copy(int from, int to) {
  char buffer[65536];
  long total = 0;
  for (;;) {
    const ssize_t count = read(from, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? -1 : total;
    for (ssize_t done = 0; done < count;) {
      const ssize_t written = write(to, buffer + done, (size_t)(count - done));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return -1;
      done += written;
    }
    total += count;
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: copy FROM TO\n");
    return 2;
  }
  const int from = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (from < 0) return Fail("cannot read", argv[1]);
  const int to = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (to < 0) return Fail("cannot write", argv[2]);
  const long total = Copy(from, to);
  if (total < 0) return Fail("cannot copy", argv[1]);
  close(from);
  if (close(to) != 0) return Fail("cannot finish", argv[2]);
  printf("copied %ld bytes\n", total);
  return 0;
}
