#include "finalyzer/violation.h"

#include <elf.h>
#include <sys/procfs.h>
#include <sys/user.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/model.h"

namespace chestnut::finalyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTrap[] =
    "ready\n"
    "chestnut: getpid (39) is not allowed; thread 12, address 0x401234\n"
    "something else\n"
    "chestnut: arguments 0x1 0x2 0x3 0x4 0x5 0x6\n"
    "chestnut: program at 0x400000, called from 0x401300 perhaps 0x401400 "
    "0x401500\n"
    "chestnut: why: chestnut explain date getpid\n";
constexpr char kRecord[] =
    "nov 23 12:00:00 h kernel: audit: type=1326 audit(1700000000.123:45): "
    "auid=4294967295 uid=0 gid=0 ses=4294967295 subj=unconfined pid=321 "
    "comm=\"p\" exe=\"/usr/bin/p\" sig=31 arch=c000003e syscall=39 compat=0 "
    "ip=0x7f3a11d0a1b7 code=0x80000000\n";

std::vector<Violation> Read(const std::string& text) {
  absl::StatusOr<Violations> read = ReadViolations(text, "log");
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? std::move(read->found) : std::vector<Violation>();
}

TEST(Violation, WhatAProgramInModeTrapPrints) {
  const std::vector<Violation> found = Read(kTrap);
  ASSERT_EQ(found.size(), 1U);
  const Violation& violation = found[0];
  EXPECT_EQ(violation.source, Violation::Source::kTrap);
  EXPECT_EQ(violation.data.number, 39U);
  EXPECT_EQ(violation.thread, 12U);
  EXPECT_EQ(violation.address, 0x401234U);
  EXPECT_TRUE(violation.has_arguments);
  EXPECT_THAT(violation.data.arguments, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(violation.program_begin, 0x400000U);
  EXPECT_THAT(violation.callers, ElementsAre(0x401300, 0x401400, 0x401500));
  EXPECT_TRUE(violation.callers_may_be_old);
  EXPECT_EQ(violation.program, "date");
}

TEST(Violation, ATrapOfACallWithoutAName) {
  const std::vector<Violation> found =
      Read("chestnut: call 600 is not allowed; thread 7, address 0x1000\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].data.number, 600U);
  EXPECT_FALSE(found[0].has_arguments);
}

// Whatever the locale: the date before a record is not the kernel's.
TEST(Violation, RecordsOfTheKernel) {
  const std::vector<Violation> found = Read(
      std::string("\xd0\xbf\xd0\xbd 23 \xd0\xbd\xd0\xbe\xd1\x8f ") + kRecord +
      "type=SECCOMP msg=audit(1700000000.124:46): pid=322 comm=\"p\" "
      "exe=2F7573722F62696E2F7020 sig=0 arch=40000003 syscall=64 compat=1 "
      "ip=0xf7f0a1b7 code=0x7ffc0000\x1d"
      "ARCH=i386\r\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].program, "/usr/bin/p");
  EXPECT_EQ(found[0].thread, 321U);
  EXPECT_EQ(found[0].address, 0x7f3a11d0a1b7U);
  EXPECT_EQ(found[0].outcome, Violation::Outcome::kKilled);
  EXPECT_EQ(found[1].program, "/usr/bin/p ");
  EXPECT_EQ(found[1].outcome, Violation::Outcome::kLogged);
  EXPECT_EQ(found[1].data.architecture, policy::kArchitectureI386);
}

TEST(Violation, CutOffAndOtherText) {
  std::string cut = kRecord;
  cut.resize(cut.find("ip="));
  absl::StatusOr<Violations> read = ReadViolations(cut + "\n" + kTrap, "log");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->found.size(), 1U);
  EXPECT_EQ(read->broken, 1);
  for (const std::string& text : {std::string("nothing here\n"), cut,
                                  std::string("chestnut: getpid (39) is not "
                                              "allowed; thread")}) {
    const absl::Status status = ReadViolations(text, "log").status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("log: holds no denied call"));
  }
}

// A core file as the kernel lays it out.
class Core {
 public:
  template <typename T>
  void Note(uint32_t type, const T& content) {
    Bytes(type, std::string(reinterpret_cast<const char*>(&content),
                            sizeof(content)));
  }
  void Bytes(uint32_t type, std::string content) {
    const Elf64_Nhdr note = {5, static_cast<Elf64_Word>(content.size()), type};
    content.resize((content.size() + 3) / 4 * 4);
    notes_.append(reinterpret_cast<const char*>(&note), sizeof(note));
    notes_.append("CORE\0\0\0\0", 8);
    notes_ += content;
  }
  // `stack` is at `address`.
  std::string Build(uint64_t address, const std::vector<uint64_t>& stack) {
    Elf64_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_type = ET_CORE;
    header.e_machine = EM_X86_64;
    header.e_phoff = sizeof(header);
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 3;
    const uint64_t begin = sizeof(header) + 3 * sizeof(Elf64_Phdr);
    Elf64_Phdr segments[3] = {};
    segments[0].p_type = PT_NOTE;
    segments[0].p_offset = begin;
    segments[0].p_filesz = notes_.size();
    segments[1].p_type = PT_LOAD;
    segments[1].p_offset = begin + notes_.size();
    segments[1].p_vaddr = address;
    segments[1].p_filesz = stack.size() * sizeof(uint64_t);
    segments[2].p_type = PT_LOAD;
    segments[2].p_flags = PF_X;
    segments[2].p_vaddr = 0x401000;
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
    bytes.append(reinterpret_cast<const char*>(segments), sizeof(segments));
    bytes += notes_;
    bytes.append(reinterpret_cast<const char*>(stack.data()),
                 stack.size() * sizeof(uint64_t));
    return bytes;
  }

 private:
  std::string notes_;
};

std::string CoreOf(int signal, int code) {
  Core core;
  prstatus_t status = {};
  status.pr_pid = 77;
  user_regs_struct registers = {};
  registers.rsp = 0x7000;
  registers.rdi = 5;
  std::memcpy(&status.pr_reg, &registers, sizeof(registers));
  core.Note(NT_PRSTATUS, status);
  struct {
    int32_t signal, error, code, padding;
    uint64_t address;
    int32_t number;
    uint32_t architecture;
  } const info = {signal, 0, code, 0, 0x401236, 41, 0xc000003e};
  core.Note(NT_SIGINFO, info);
  prpsinfo_t process = {};
  std::strncpy(process.pr_fname, "server", sizeof(process.pr_fname));
  core.Note(NT_PRPSINFO, process);
  const uint64_t mappings[] = {1, 4096, 0x401000, 0x402000, 1};
  core.Bytes(NT_FILE, std::string(reinterpret_cast<const char*>(mappings),
                                  sizeof(mappings)) +
                          std::string("/nowhere/server\0", 16));
  return core.Build(0x7000, {0x1, 0x401500, 0x9999});
}

TEST(Violation, ACoreFile) {
  const std::vector<Violation> found = Read(CoreOf(SIGSYS, 1));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].source, Violation::Source::kCore);
  EXPECT_EQ(found[0].program, "/nowhere/server");
  EXPECT_EQ(found[0].thread, 77U);
  EXPECT_EQ(found[0].data.number, 41U);
  EXPECT_EQ(found[0].data.arguments[0], 5U);
  EXPECT_EQ(found[0].address, 0x401236U);
  EXPECT_THAT(found[0].callers, ElementsAre(0x401500));
  ASSERT_EQ(found[0].mappings.size(), 1U);
  EXPECT_EQ(PlaceOf(found[0].mappings, 0x401236).module, "server");
}

TEST(Violation, CoreFilesThatAreNone) {
  const absl::Status other =
      ReadViolations(CoreOf(SIGSEGV, 1), "core").status();
  EXPECT_THAT(std::string(other.message()),
              HasSubstr("core: the process ended by signal 11, not because of "
                        "a filter"));
  // Wherever it ends, it is refused or says the same.
  const std::string whole = CoreOf(SIGSYS, 1);
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto read = ReadViolations(whole.substr(0, size), "core");
    if (read.ok()) {
      EXPECT_EQ(read->found[0].data.number, 41U) << size;
    }
  }
}

TEST(NextSteps, FitWhatHappened) {
  policy::Policy policy = policy::EmptyPolicy("p", policy::InstallPoint::kEntry,
                                              policy::Mode::kKill);
  policy.modules = {{"p", ""}, {"libc.so.6", ""}};
  Violation violation = std::move(Read(kRecord)[0]);
  auto first = [&](const std::string& module) {
    return NextSteps(policy, "p.json", violation, module).front();
  };
  EXPECT_THAT(first("libc.so.6"),
              HasSubstr("chestnut explain p.json getpid --not"));
  EXPECT_THAT(first("libplugin.so"), HasSubstr("--module libplugin.so"));
  policy.incomplete = {{"p+0x10", "why"}};
  EXPECT_THAT(first("libc.so.6"), HasSubstr("decide p+0x10"));
  policy.calls.push_back({"getpid", 39, {}, {}});
  policy::Normalize(policy);
  EXPECT_THAT(first("p"), HasSubstr("ran under another one"));
  violation.program = "/bin/other";
  EXPECT_THAT(first("libc.so.6"), HasSubstr("--exec block"));
  violation.data.architecture = policy::kArchitectureI386;
  EXPECT_THAT(first(""), HasSubstr("another ABI"));
}

}  // namespace
}  // namespace chestnut::finalyzer
