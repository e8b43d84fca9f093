#include "cli/inspect.h"

int main(int argc, char** argv) {
  return chestnut::cli::InspectMain(argc, argv);
}
