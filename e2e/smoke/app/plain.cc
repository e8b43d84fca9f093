#include <iostream>

#include "lib/table.h"

int main() { std::cout << kNames[0] << "\n"; }
