#include <iostream>
#include <string>

std::string Report(const char* path, bool fahrenheit);

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::cout << Report(argv[1], argc > 2) << '\n';
  return 0;
}
