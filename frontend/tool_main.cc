#include "frontend/tool.h"

int main(int argc, char** argv) {
  return chestnut::frontend::ToolMain(argc, argv);
}
