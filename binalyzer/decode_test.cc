#include "binalyzer/decode.h"

#include <Zydis/Zydis.h>

#include <string>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

Instruction Decode(absl::string_view hex, uint64_t address = 0x1000) {
  return DecodeInstruction(absl::HexStringToBytes(hex), address);
}

TEST(DecodeTest, ControlFlow) {
  EXPECT_EQ(Decode("e800000000").flow, Flow::kCall);
  EXPECT_EQ(Decode("e800000000").target, 0x1005);
  EXPECT_EQ(Decode("e8fbffffff").target, 0x1000);
  EXPECT_EQ(Decode("ebfe").flow, Flow::kJump);
  EXPECT_EQ(Decode("ebfe").target, 0x1000);
  EXPECT_EQ(Decode("7402").flow, Flow::kBranch);
  EXPECT_EQ(Decode("0f84fa000000").target, 0x1100);
  EXPECT_EQ(Decode("e300").flow, Flow::kBranch);
  EXPECT_EQ(Decode("c3").flow, Flow::kReturn);
  EXPECT_EQ(Decode("f2c3").flow, Flow::kReturn);
  EXPECT_EQ(Decode("ffd0").flow, Flow::kIndirectCall);
  EXPECT_EQ(Decode("3effe0").flow, Flow::kIndirectJump);
  EXPECT_EQ(Decode("0f05").flow, Flow::kSyscall);
  EXPECT_EQ(Decode("0f34").flow, Flow::kSysenter);
  EXPECT_EQ(Decode("cd80").flow, Flow::kInt80);
  EXPECT_EQ(Decode("cd81").flow, Flow::kNext);
  EXPECT_EQ(Decode("0f0b").flow, Flow::kStop);
  EXPECT_EQ(Decode("f4").flow, Flow::kStop);
  EXPECT_EQ(Decode("f30f1efa").flow, Flow::kNext);
  EXPECT_EQ(Decode("06").flow, Flow::kInvalid);
  EXPECT_EQ(Decode("e8").flow, Flow::kInvalid) << "cut off";
}

TEST(DecodeTest, MemoryOperands) {
  // lea 0x10(%rip),%rdi
  Instruction lea = Decode("488d3d10000000");
  EXPECT_EQ(lea.operation, Operation::kAddressOf);
  EXPECT_EQ(lea.destination.reg, kRdi);
  EXPECT_TRUE(lea.memory.pc_relative);
  EXPECT_TRUE(lea.memory.IsAddress());
  EXPECT_EQ(lea.memory.displacement, 0x1017);
  EXPECT_EQ(lea.displacement_offset, 3);
  // mov 0x8(%r12,%rcx,4),%r8d
  Instruction load = Decode("458b448c08");
  EXPECT_EQ(load.operation, Operation::kMove);
  EXPECT_EQ(load.width, 4);
  EXPECT_EQ(load.destination.reg, kR8);
  EXPECT_EQ(load.memory.base, 12);
  EXPECT_EQ(load.memory.index, kRcx);
  EXPECT_EQ(load.memory.scale, 4);
  EXPECT_EQ(load.memory.displacement, 8);
  // mov %fs:0x28,%rax
  Instruction canary = Decode("64488b042528000000");
  EXPECT_TRUE(canary.memory.thread_local_segment);
  EXPECT_FALSE(canary.memory.IsAddress());
  // mov 0x601000,%eax
  Instruction absolute = Decode("8b042500106000");
  EXPECT_TRUE(absolute.memory.IsAddress());
  EXPECT_FALSE(absolute.memory.pc_relative);
  EXPECT_EQ(absolute.memory.displacement, 0x601000);
  // lea (%ecx),%eax: a 32-bit address
  EXPECT_TRUE(Decode("678d01").memory.untracked);
}

TEST(DecodeTest, Immediates) {
  EXPECT_EQ(Decode("b8e7000000").immediate, 231);
  EXPECT_EQ(Decode("b8e7000000").width, 4);
  EXPECT_EQ(Decode("48c7c0ffffffff").immediate, -1);
  EXPECT_EQ(Decode("48c7c0ffffffff").width, 8);
  EXPECT_EQ(Decode("48b88877665544332211").immediate, 0x1122334455667788);
  EXPECT_EQ(Decode("6a0f").operation, Operation::kPush);
  EXPECT_EQ(Decode("6aff").immediate, -1);
  EXPECT_EQ(Decode("83e0f0").operation, Operation::kAnd);
  EXPECT_EQ(Decode("83e0f0").immediate, -16);
  EXPECT_EQ(Decode("d1e0").operation, Operation::kShiftLeft);
  EXPECT_EQ(Decode("d1e0").immediate, 1);
  EXPECT_FALSE(Decode("e800000000").has_immediate);
}

TEST(DecodeTest, BytesOfRegisters) {
  // mov $1,%ah changes rax to something that nobody tracks; mov $1,%spl is rsp.
  EXPECT_EQ(Decode("b401").operation, Operation::kClobber);
  EXPECT_EQ(Decode("b401").destination.reg, kRax);
  EXPECT_EQ(Decode("40b401").operation, Operation::kMove);
  EXPECT_EQ(Decode("40b401").destination.reg, kRsp);
  EXPECT_EQ(Decode("40b401").width, 1);
  // movzbl %ah,%ecx
  EXPECT_EQ(Decode("0fb6cc").operation, Operation::kClobber);
  EXPECT_EQ(Decode("0fb6cc").destination.reg, kRcx);
}

TEST(DecodeTest, ComparesWriteNothing) {
  for (absl::string_view hex : {"48833d0010000000", "4885c0", "39c8", "a801"}) {
    EXPECT_TRUE(Decode(hex).compares) << hex;
    EXPECT_EQ(Decode(hex).operation, Operation::kNothing) << hex;
  }
}

TEST(DecodeTest, EffectsOfTheRest) {
  // cpuid
  EXPECT_EQ(EffectsOf(absl::HexStringToBytes("0fa2")).written,
            1 << kRax | 1 << kRbx | 1 << kRcx | 1 << kRdx);
  // movaps %xmm0,(%rsp)
  const InstructionEffects store =
      EffectsOf(absl::HexStringToBytes("0f290424"));
  EXPECT_EQ(store.written, 0);
  EXPECT_TRUE(store.writes_memory);
  EXPECT_EQ(store.memory_width, 16);
  // rep stos: writes elsewhere than a memory operand says
  const InstructionEffects fill = EffectsOf(absl::HexStringToBytes("f348ab"));
  EXPECT_EQ(fill.written, 1 << kRcx | 1 << kRdi);
  EXPECT_TRUE(fill.writes_memory);
  EXPECT_EQ(fill.memory_width, 0);
}

// For every opcode of the two common maps with a register and a memory operand:
// what is said to be written is what Zydis's operand tables say.
class DecodeAgainstTables : public testing::TestWithParam<std::string> {};

uint16_t WrittenHere(const Instruction& instruction, bool* memory) {
  *memory = instruction.destination.kind == OperandKind::kMemory;
  uint16_t written = 0;
  auto add = [&](const InstructionOperand& operand) {
    if (operand.kind == OperandKind::kRegister) written |= 1u << operand.reg;
  };
  add(instruction.destination);
  switch (instruction.operation) {
    case Operation::kExchange:
      add(instruction.source);
      break;
    case Operation::kPush:
      *memory = true;
      written |= 1u << kRsp;
      break;
    case Operation::kPop:
      written |= 1u << kRsp;
      break;
    case Operation::kLeave:
      written |= 1u << kRsp | 1u << kRbp;
      break;
    default:
      break;
  }
  return written;
}

TEST_P(DecodeAgainstTables, WrittenRegisters) {
  const std::string prefix = absl::HexStringToBytes(GetParam());
  for (int opcode = 0; opcode < 256; ++opcode) {
    for (int modrm = 0; modrm < 256; ++modrm) {
      const std::string code =
          prefix + static_cast<char>(opcode) + static_cast<char>(modrm) +
          std::string("\x24\x12\x34\x56\x11\x22\x33\x44\x55\x66\x77", 11);
      const Instruction instruction = DecodeInstruction(code, 0x1000);
      if (instruction.flow == Flow::kInvalid) continue;
      const InstructionEffects effects = EffectsOf(code);
      if (instruction.operation == Operation::kOther ||
          instruction.flow == Flow::kCall ||
          instruction.flow == Flow::kIndirectCall ||
          instruction.flow == Flow::kReturn) {
        continue;
      }
      bool memory;
      const uint16_t written = WrittenHere(instruction, &memory);
      EXPECT_EQ(written & effects.written, effects.written)
          << absl::BytesToHexString(code);
      EXPECT_TRUE(memory || !effects.writes_memory)
          << absl::BytesToHexString(code);
      EXPECT_TRUE(!memory || !instruction.has_memory ||
                  effects.memory_width == 0 ||
                  instruction.operation == Operation::kPush ||
                  effects.memory_width == instruction.width)
          << absl::BytesToHexString(code) << " " << effects.memory_width;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Prefixes, DecodeAgainstTables,
                         testing::Values("", "66", "48", "41", "44", "0f",
                                         "660f", "480f", "410f", "f30f",
                                         "f20f"),
                         [](const auto& info) {
                           return info.param.empty() ? "none" : info.param;
                         });

}  // namespace
}  // namespace chestnut::binalyzer
