#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "weather.h"

int ReadTemperature(const char* path) {
  char text[16] = "";
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, text, sizeof text - 1) < 0) return -300;
  close(file);
  return atoi(text);
}
