#ifndef CHESTNUT_POLICY_BPF_DISASSEMBLER_H_
#define CHESTNUT_POLICY_BPF_DISASSEMBLER_H_

#include <cstdint>
#include <string>

#include "policy/bpf.h"

namespace chestnut::policy {

// The filter for people, one instruction a line: its place, what it does, and
// the names of the calls that it asks for. Takes any bytes; what it does not
// know is shown as numbers.
std::string Disassemble(const Filter& filter);

// "ALLOW", "KILL_PROCESS", "ERRNO 38", "TRAP", "LOG", or the number.
std::string FormatReturn(uint32_t value);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_BPF_DISASSEMBLER_H_
