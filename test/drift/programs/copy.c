// Copies by stdio, reads back by every other way there is.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static long CopyByStdio(const char* from, const char* to) {
  FILE* in = fopen(from, "re");
  FILE* out = fopen(to, "wxe");
  if (in == NULL || out == NULL) return -1;
  static char buffer[1 << 16];
  setvbuf(out, buffer, _IOFBF, sizeof buffer);
  long count = 0;
  for (int c; (c = getc(in)) != EOF; ++count) putc(c, out);
  rewind(in);
  char* line = NULL;
  size_t size = 0;
  long lines = 0;
  while (getline(&line, &size, in) > 0) ++lines;
  free(line);
  fseek(in, -3, SEEK_END);
  printf("%ld bytes, %ld lines, tail at %ld\n", count, lines, ftell(in));
  fflush(out);
  fclose(in);
  return fclose(out);
}

static void ReadBack(const char* path) {
  const int file = open(path, O_RDWR | O_CLOEXEC);
  struct stat info;
  fstat(file, &info);
  char bytes[16] = "";
  char more[16] = "";
  struct iovec parts[2] = {{bytes, 8}, {more, 8}};
  printf("readv %zd", readv(file, parts, 2));
  printf(" pread %zd", pread(file, bytes, 8, 100));
  printf(" preadv %zd", preadv(file, parts, 2, 50));
  printf(" preadv2 %zd", preadv2(file, parts, 2, 50, 0));
  printf(" pwrite %zd", pwrite(file, "abc", 3, 10));
  printf(" writev %zd", writev(file, parts, 2));
  printf(" pwritev %zd", pwritev(file, parts, 2, 0));
  printf(" allocate %d", posix_fallocate(file, 0, info.st_size));
  printf(" advise %d", posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL));
  printf(" sync %d %d\n", fsync(file), fdatasync(file));
  char* map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  madvise(map, (size_t)info.st_size, MADV_SEQUENTIAL);
  printf("mapped %.3s\n", map + 10);
  munmap(map, (size_t)info.st_size);
  const int copy = open("copy3", O_RDWR | O_CREAT | O_TRUNC, 0600);
  off_t from = 0;
  printf("sendfile %zd", sendfile(copy, file, &from, 1000));
  from = 0;
  printf(" copied %zd", copy_file_range(file, &from, copy, NULL, 1000, 0));
  printf(" end %ld", (long)lseek(copy, 0, SEEK_END));
  printf(" cut %d\n", ftruncate(copy, 10));
  close(copy);
  close(file);
}

int main(void) {
  FILE* input = fopen("input", "w");
  for (int i = 0; i < 20000; ++i)
    fprintf(input, "%d %05.2f %s\n", i, i / 7., "x");
  fclose(input);
  printf("status %ld\n", CopyByStdio("input", "copy"));
  printf("again %ld\n", CopyByStdio("input", "copy"));
  ReadBack("copy");
  FILE* scratch = tmpfile();
  fprintf(scratch, "%s", "scratch");
  printf("scratch at %ld\n", ftell(scratch));
  fclose(scratch);
  char name[] = "made-XXXXXX";
  const int made = mkstemp(name);
  printf("made %d, renamed %d", made > 2, rename(name, "copy4"));
  printf(", removed %d\n", remove("copy4"));
  FILE* memory = open_memstream(&(char*){NULL}, &(size_t){0});
  fputs("memory", memory);
  printf("memory %d\n", fclose(memory));
  return freopen("/dev/null", "w", stdout) == NULL;
}
