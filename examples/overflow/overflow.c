// A greeter with a planted bug: it believes the length that a record states.
//
// A message is a file of records: one byte of kind, two of length (little
// endian), then as many bytes of text. The record of kind 0 is the last.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { kMessageSize = 16384, kNameSize = 64, kLast = 0 };

static unsigned char message[kMessageSize];

static size_t TextLength(const unsigned char *record) {
  return (size_t)record[1] | (size_t)record[2] << 8;
}

// Greets the name in the record at `record`; returns the record's kind.
// THE BUG: the stated length is never held against the size of `name`.
__attribute__((noinline)) static long Greet(const unsigned char *record) {
  char name[kNameSize] = {0};
  memcpy(name, record + 3, TextLength(record));
  name[kNameSize - 1] = '\0';
  printf("Hello, %s\n", name);
  fflush(stdout);
  return record[0];
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: overflow MESSAGE\n");
    return 2;
  }
  const int file = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, message, sizeof message) < 0) {
    perror(argv[1]);
    return 1;
  }
  close(file);
  const unsigned char *record = message;
  while (record + 3 < message + sizeof message) {
    if (Greet(record) == kLast) break;
    record += 3 + TextLength(record);
  }
  return 0;
}
