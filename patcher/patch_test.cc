#include "patcher/patch.h"

#include <elf.h>

#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "patcher/layout.h"
#include "patcher/program.h"
#include "patcher/testing.h"
#include "policy/model.h"
#include "policy/note.h"
#include "support/digest.h"

namespace chestnut::patcher {
namespace {

using policy::InstallPoint;
using policy::Mode;
using policy::Policy;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Policy Example(const std::string& program = "victim") {
  return policy::EmptyPolicy(program, InstallPoint::kEntry, Mode::kKill);
}

absl::StatusOr<Patched> TryPatch(const std::string& bytes,
                                 const Policy& policy = Example()) {
  return Patch(bytes, policy, {.origin = "victim", .names = {"victim"}});
}

std::string Message(const absl::Status& status) {
  return std::string(status.message());
}

// What every patched program must be, whatever it was before.
void ExpectSound(const std::string& original, const Patched& patched) {
  absl::StatusOr<Program> before = ReadProgram(original, "before");
  absl::StatusOr<Program> after = ReadProgram(patched.bytes, "after");
  ASSERT_TRUE(before.ok() && after.ok()) << after.status();
  EXPECT_TRUE(IsPatched(patched.bytes));
  absl::StatusOr<std::string> restored = Unpatch(patched.bytes, "victim");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_TRUE(*restored == original);
  EXPECT_EQ(after->segments.size() <= before->segments.size() + 1, true);
  // What is loaded stays where it was.
  uint64_t last = 0;
  for (const Elf64_Phdr& segment : after->segments) {
    if (segment.p_type == PT_PHDR) {
      EXPECT_EQ(segment.p_offset, after->header.e_phoff);
      EXPECT_EQ(segment.p_filesz, after->segments.size() * sizeof(Elf64_Phdr));
    }
    if (segment.p_type != PT_LOAD) continue;
    EXPECT_GE(segment.p_vaddr, last);
    EXPECT_EQ(segment.p_vaddr % kPageSize, segment.p_offset % kPageSize);
    EXPECT_NE(segment.p_flags & (PF_W | PF_X), PF_W | PF_X);
    last = segment.p_vaddr + segment.p_memsz;
  }
  // The kernel and the loader read the table in memory: by the segment that
  // holds it, and (kernels before 5.18) as if the first one went on to it.
  const uint64_t table = after->header.e_phoff;
  const Elf64_Phdr* first = nullptr;
  bool covered = false;
  for (const Elf64_Phdr& segment : after->segments) {
    if (segment.p_type != PT_LOAD) continue;
    if (first == nullptr) first = &segment;
    if (table >= segment.p_offset &&
        after->TableEnd() <= segment.p_offset + segment.p_filesz) {
      covered = true;
      EXPECT_EQ(segment.p_vaddr - segment.p_offset,
                first->p_vaddr - first->p_offset);
    }
  }
  EXPECT_TRUE(covered);
  absl::StatusOr<absl::string_view> notes = FindNotes(patched.bytes);
  ASSERT_TRUE(notes.ok()) << notes.status();
  absl::StatusOr<Policy> policy = policy::ReadNote(*notes, "victim");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(*policy, Example());
  // Bound to the original.
  EXPECT_THAT(std::string(*notes),
              HasSubstr(absl::HexStringToBytes(support::Sha256Hex(original))));
}

TEST(PatchTest, FindsRoomInEveryKindOfProgram) {
  const struct {
    TestProgram program;
    Room room;
  } cases[] = {
      {{.empty_entry = true}, Room::kThere},
      {{.zeros_behind_table = true}, Room::kThere},
      {{.repeated_note = true}, Room::kRepeatedNote},
      {{.interpreter = true, .notes = true}, Room::kShifted},
      // Forty bytes are less than a header.
      {{.notes = true}, Room::kMovedTable},
      {{}, Room::kMovedTable},
      {{.sections = false}, Room::kMovedTable},
      {{.sections = false, .repeated_note = true}, Room::kRepeatedNote},
      {{.type = ET_EXEC}, Room::kMovedTable},
      {{.zero_memory = 5 << 20}, Room::kMovedTable},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(static_cast<int>(c.room));
    const std::string original = MakeTestProgram(c.program);
    absl::StatusOr<Patched> patched = TryPatch(original);
    ASSERT_TRUE(patched.ok()) << patched.status();
    EXPECT_EQ(patched->room, c.room);
    ExpectSound(original, *patched);
    // The same file again.
    EXPECT_TRUE(TryPatch(original)->bytes == patched->bytes);
  }
}

TEST(PatchTest, WhatMovesIsTheSame) {
  const std::string original =
      MakeTestProgram({.interpreter = true, .notes = true});
  absl::StatusOr<Patched> patched = TryPatch(original);
  ASSERT_TRUE(patched.ok()) << patched.status();
  const Program before = *ReadProgram(original, "before");
  const Program after = *ReadProgram(patched->bytes, "after");
  EXPECT_FALSE(before.BuildId().empty());
  EXPECT_EQ(after.BuildId(), before.BuildId());
  for (const Elf64_Phdr& segment : after.segments) {
    if (segment.p_type != PT_INTERP) continue;
    EXPECT_EQ(after.bytes.substr(segment.p_offset, segment.p_filesz),
              absl::string_view("/lib64/ld-linux-x86-64.so.2\0", 28));
    const Elf64_Phdr* load = after.LoadAt(segment.p_vaddr);
    ASSERT_NE(load, nullptr);
    EXPECT_EQ(segment.p_vaddr - load->p_vaddr,
              segment.p_offset - load->p_offset);
  }
  for (size_t i = 0; i < before.sections.size(); ++i) {
    const Elf64_Shdr& was = before.sections[i];
    const Elf64_Shdr& is = after.sections[i];
    EXPECT_EQ(after.SectionName(is), before.SectionName(was));
    if (i == before.header.e_shstrndx) continue;  // names were added
    EXPECT_EQ(after.bytes.substr(is.sh_offset, is.sh_size),
              before.bytes.substr(was.sh_offset, was.sh_size));
  }
}

TEST(PatchTest, RefusesWhatItCannotPatch) {
  const std::string original = MakeTestProgram({});
  auto refusal = [](const std::string& bytes) {
    return Message(TryPatch(bytes).status());
  };
  EXPECT_THAT(refusal("#!/bin/sh -e\n"),
              StartsWith("victim: is a script; what runs is its interpreter "
                         "(/bin/sh -e)"));
  EXPECT_THAT(refusal(""), HasSubstr("victim: not an ELF file"));
  EXPECT_THAT(refusal(original.substr(0, 40)), HasSubstr("truncated"));
  EXPECT_THAT(refusal(original.substr(0, 100)), HasSubstr("cut off"));
  EXPECT_THAT(refusal(original.substr(0, 0x1100)), HasSubstr("cut off"));
  auto changed = [&original](auto change) {
    std::string bytes = original;
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    change(header);
    std::memcpy(bytes.data(), &header, sizeof(header));
    return bytes;
  };
  EXPECT_THAT(refusal(changed([](Elf64_Ehdr& h) { h.e_machine = EM_AARCH64; })),
              HasSubstr("only 64-bit x86-64 is supported"));
  EXPECT_THAT(refusal(changed([](Elf64_Ehdr& h) { h.e_type = ET_CORE; })),
              HasSubstr("not a program"));
  EXPECT_THAT(refusal(changed([](Elf64_Ehdr& h) { h.e_entry = 0; })),
              HasSubstr("is it a library?"));
  EXPECT_THAT(refusal(changed([](Elf64_Ehdr& h) { h.e_phoff = 0x38; })),
              HasSubstr("program headers"));
  EXPECT_THAT(refusal(MakeTestProgram({.pie = false})),
              HasSubstr("is a shared library"));
  EXPECT_THAT(refusal(MakeTestProgram({.code_writable = true})),
              HasSubstr("its code is writable"));
  EXPECT_THAT(refusal(original + "PK\x05\x06 an archive"),
              HasSubstr("bytes follow its ELF contents"));
  std::string packed = original;
  packed.replace(packed.size() - 36, 4, "UPX!");
  EXPECT_THAT(refusal(packed), HasSubstr("is packed (UPX)"));
}

TEST(PatchTest, RefusesPoliciesThatDoNotFit) {
  const std::string original = MakeTestProgram({.notes = true});
  EXPECT_THAT(Message(TryPatch(original, Example("other")).status()),
              HasSubstr("the policy is for 'other', not for 'victim'"));
  EXPECT_TRUE(Patch(original, Example("other"), {.origin = "victim"}).ok());
  Policy policy = Example();
  policy.modules = {{"victim", "0123"}};
  EXPECT_THAT(Message(TryPatch(original, policy).status()),
              HasSubstr("another build of it, 0123; this one is aabbccdd"));
  policy = Example();
  policy.modules = {{"victim", ReadProgram(original, "")->BuildId()}};
  EXPECT_TRUE(TryPatch(original, policy).ok());
  policy = Example();
  policy.install_point = InstallPoint::kMain;
  EXPECT_THAT(Message(TryPatch(original, policy).status()),
              HasSubstr("install point is 'main'"));
  policy = Example();
  policy.mode = Mode::kTrap;
  EXPECT_TRUE(absl::IsUnimplemented(TryPatch(original, policy).status()));
  policy = Example();
  policy.incomplete = {{"victim+0x10", "unknown number"}};
  EXPECT_TRUE(absl::IsFailedPrecondition(TryPatch(original, policy).status()));
}

TEST(PatchTest, APatchedProgramIsNotPatchedAgain) {
  const std::string patched = TryPatch(MakeTestProgram({}))->bytes;
  EXPECT_TRUE(absl::IsAlreadyExists(TryPatch(patched).status()));
}

TEST(UnpatchTest, OnlyGivesBackTheOriginal) {
  const std::string original = MakeTestProgram({.notes = true});
  EXPECT_TRUE(absl::IsNotFound(Unpatch(original, "victim").status()));
  EXPECT_TRUE(absl::IsNotFound(Unpatch("", "victim").status()));
  const std::string patched = TryPatch(original)->bytes;
  // One bit anywhere in what the original was, or in what undoes the patch.
  for (size_t at : {size_t{0x1000}, original.size() - 1, patched.size() - 1,
                    patched.size() - 20, patched.size() - 30,
                    patched.size() - 50, patched.size() - 70}) {
    std::string changed = patched;
    changed[at] ^= 1;
    EXPECT_TRUE(absl::IsDataLoss(Unpatch(changed, "victim").status())) << at;
  }
  EXPECT_THAT(
      Message(
          Unpatch(patched.substr(0, patched.size() - 8), "victim").status()),
      EndsWith("use the program that was patched"));
}

}  // namespace
}  // namespace chestnut::patcher
