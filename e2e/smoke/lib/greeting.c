#include "lib/greeting.h"

#include <stdio.h>

void Greet(const char* name) { printf("hello, %s\n", name); }
