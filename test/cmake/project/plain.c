#include <stdio.h>

#include "weather.h"

int main(int argc, char** argv) {
  return argc > 1 ? printf("%d\n", ReadTemperature(argv[1])) < 0 : 2;
}
