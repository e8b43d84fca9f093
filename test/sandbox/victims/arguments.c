/* Passes its arguments and environment on and returns a status of its own. */
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv, char **envp) {
  if (argc != 3 || strcmp(argv[1], "one") != 0 || argv[3] != NULL) return 1;
  if (envp[0] == NULL || getenv("VICTIM") == NULL) return 2;
  return 37;
}
