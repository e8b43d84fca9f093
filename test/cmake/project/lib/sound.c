#include <unistd.h>

#include "weather.h"

void RingBell(void) {
  if (setuid(getuid()) == 0) (void)!write(1, "\a", 1);
}
