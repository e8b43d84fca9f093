#ifndef SMOKE_LIB_GREETING_H_
#define SMOKE_LIB_GREETING_H_

void Greet(const char* name);

#endif  // SMOKE_LIB_GREETING_H_
