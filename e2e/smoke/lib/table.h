#ifndef SMOKE_LIB_TABLE_H_
#define SMOKE_LIB_TABLE_H_

extern const char* const kNames[];

#endif  // SMOKE_LIB_TABLE_H_
