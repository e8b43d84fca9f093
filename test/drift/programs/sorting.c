// A file larger than one block of malloc, sorted in memory and by merging.
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kLines = 300000, kRuns = 4 };

static int Compare(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static void WriteInput(void) {
  FILE* input = fopen("unsorted", "w");
  for (unsigned i = 0; i < kLines; ++i) fprintf(input, "%u\n", i * 2654435761u);
  fclose(input);
}

// Sorts lines [first, last) of the input into a file of its own.
static void SortRun(int run, FILE* input) {
  const size_t count = kLines / kRuns;
  char** lines = calloc(count, sizeof *lines);
  for (size_t i = 0; i < count; ++i) {
    size_t size = 0;
    if (getline(&lines[i], &size, input) < 0) exit(1);
  }
  qsort(lines, count, sizeof *lines, Compare);
  char name[16];
  snprintf(name, sizeof name, "run%d", run);
  FILE* output = fopen(name, "w");
  for (size_t i = 0; i < count; ++i) {
    fputs(lines[i], output);
    free(lines[i]);
  }
  free(lines);
  fclose(output);
}

static void Merge(void) {
  FILE* runs[kRuns];
  char heads[kRuns][32];
  for (int run = 0; run < kRuns; ++run) {
    char name[16];
    snprintf(name, sizeof name, "run%d", run);
    runs[run] = fopen(name, "r");
    if (fgets(heads[run], sizeof heads[run], runs[run]) == NULL) exit(1);
  }
  FILE* output = popen("", "e");  // an invalid mode: no process
  printf("%d\n", output == NULL);
  output = fopen("sorted", "w");
  unsigned sum = 0;
  for (;;) {
    int least = -1;
    for (int run = 0; run < kRuns; ++run) {
      if (runs[run] != NULL &&
          (least < 0 || strcmp(heads[run], heads[least]) < 0)) {
        least = run;
      }
    }
    if (least < 0) break;
    fputs(heads[least], output);
    sum = sum * 31 + (unsigned)strtoul(heads[least], NULL, 10);
    if (fgets(heads[least], sizeof heads[least], runs[least]) == NULL) {
      fclose(runs[least]);
      runs[least] = NULL;
    }
  }
  printf("sum %u, %ld bytes\n", sum, ftell(output));
  fclose(output);
}

int main(void) {
  WriteInput();
  FILE* input = fopen("unsorted", "r");
  for (int run = 0; run < kRuns; ++run) SortRun(run, input);
  fclose(input);
  Merge();
  void* large = aligned_alloc(1 << 21, 1 << 25);
  memset(large, 1, 1 << 25);
  large = realloc(large, 1 << 26);
  free(large);
  printf("trimmed %d\n", malloc_trim(0) >= 0);
  mallopt(M_ARENA_MAX, 2);
  return 0;
}
