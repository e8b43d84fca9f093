#include "cli/commands.h"

int main(int argc, char** argv) { return chestnut::cli::Main(argc, argv); }
