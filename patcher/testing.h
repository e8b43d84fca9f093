// Programs for tests: headers and sections as linkers lay them out, with code
// that is never run.
#ifndef CHESTNUT_PATCHER_TESTING_H_
#define CHESTNUT_PATCHER_TESTING_H_

#include <elf.h>

#include <cstdint>
#include <string>

namespace chestnut::patcher {

struct TestProgram {
  uint16_t type = ET_DYN;
  bool sections = true;
  bool pie = true;           // DT_FLAGS_1 says so
  bool empty_entry = false;  // a PT_NULL
  bool zeros_behind_table = false;
  bool repeated_note = false;  // PT_NOTE and PT_GNU_PROPERTY of the same bytes
  bool interpreter = false;
  bool notes = false;  // a build id, aabbccdd, behind the table
  bool code_writable = false;
  uint64_t zero_memory = 0x100;  // the size of .bss
};

std::string MakeTestProgram(const TestProgram& program);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_TESTING_H_
