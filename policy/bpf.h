#ifndef CHESTNUT_POLICY_BPF_H_
#define CHESTNUT_POLICY_BPF_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

// The classic BPF that seccomp runs. The values are the kernel's interface
// (linux/bpf_common.h, linux/filter.h, linux/seccomp.h, linux/audit.h).
namespace chestnut::policy {

// One instruction, laid out as the kernel's struct sock_filter.
struct Instruction {
  uint16_t code = 0;
  uint8_t jump_true = 0;   // instructions to skip
  uint8_t jump_false = 0;  // instructions to skip
  uint32_t k = 0;

  bool operator==(const Instruction&) const = default;
};
static_assert(sizeof(Instruction) == 8);

using Filter = std::vector<Instruction>;

inline constexpr size_t kMaxInstructions = 4096;

inline constexpr uint16_t kLoad = 0x20;         // BPF_LD | BPF_W | BPF_ABS
inline constexpr uint16_t kJump = 0x05;         // BPF_JMP | BPF_JA
inline constexpr uint16_t kJumpEqual = 0x15;    // BPF_JMP | BPF_JEQ | BPF_K
inline constexpr uint16_t kJumpAtLeast = 0x35;  // BPF_JMP | BPF_JGE | BPF_K
inline constexpr uint16_t kReturn = 0x06;       // BPF_RET | BPF_K

// What a filter looks at, laid out as the kernel's struct seccomp_data.
struct SeccompData {
  uint32_t number = 0;
  uint32_t architecture = 0;
  uint64_t instruction_pointer = 0;
  std::array<uint64_t, 6> arguments = {};
};
static_assert(sizeof(SeccompData) == 64);

inline constexpr uint32_t kNumberOffset = 0;
inline constexpr uint32_t kArchitectureOffset = 4;
constexpr uint32_t LowOffset(int argument) {
  return 16 + 8 * static_cast<uint32_t>(argument);
}
constexpr uint32_t HighOffset(int argument) { return LowOffset(argument) + 4; }

inline constexpr uint32_t kArchitectureX86_64 = 0xc000003e;  // AUDIT_ARCH_*
inline constexpr uint32_t kArchitectureI386 = 0x40000003;

inline constexpr uint32_t kReturnKillProcess = 0x80000000;  // SECCOMP_RET_*
inline constexpr uint32_t kReturnTrap = 0x00030000;
inline constexpr uint32_t kReturnErrno = 0x00050000;
inline constexpr uint32_t kReturnUserNotification = 0x7fc00000;
inline constexpr uint32_t kReturnLog = 0x7ffc0000;
inline constexpr uint32_t kReturnAllow = 0x7fff0000;
inline constexpr uint32_t kReturnDataMask = 0x0000ffff;

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_BPF_H_
