#include "patcher/patch.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "patcher/fit.h"
#include "patcher/layout.h"
#include "patcher/program.h"
#include "patcher/segment.h"
#include "patcher/stub/stub.h"
#include "patcher/undo.h"
#include "policy/bpf.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "policy/note.h"
#include "policy/verdict.h"
#include "support/digest.h"

namespace chestnut::patcher {
namespace {

using policy::Mode;
using policy::Policy;

constexpr absl::string_view kStubSection = ".chestnut";
constexpr uint64_t kNoteAlignment = 4;

template <typename T>
absl::string_view BytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

template <typename T>
absl::string_view BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()),
          values.size() * sizeof(T)};
}

void Pad(uint64_t alignment, std::string& bytes) {
  bytes.resize(AlignUp(bytes.size(), alignment));
}

// The stub and its filter, as they stand at `address`; the notes follow at the
// next multiple of kNoteAlignment.
absl::StatusOr<std::string> Stub(const Policy& policy,
                                 const policy::Filter& filter, uint64_t address,
                                 uint64_t entry, uint64_t note_size) {
  std::string code(chestnut_stub_begin, chestnut_stub_end);
  const auto jump_end = static_cast<int64_t>(
      address + (chestnut_stub_jump - chestnut_stub_begin) + sizeof(int32_t));
  const int64_t distance = static_cast<int64_t>(entry) - jump_end;
  if (distance < std::numeric_limits<int32_t>::min()) {
    return absl::InvalidArgumentError(
        "the entry point is more than 2 GiB away from the end of the program");
  }
  const auto displacement = static_cast<int32_t>(distance);
  std::memcpy(code.data() + (chestnut_stub_jump - chestnut_stub_begin),
              &displacement, sizeof(displacement));
  absl::StrAppend(&code, BytesOf(filter));
  Pad(kNoteAlignment, code);
  const size_t at = chestnut_stub_parameters - chestnut_stub_begin;
  StubParameters parameters = {};
  std::memcpy(parameters.magic, kStubMagic, sizeof(kStubMagic));
  parameters.canary_errno = static_cast<uint32_t>(CanaryErrno(policy));
  parameters.filter_length = static_cast<uint32_t>(filter.size());
  parameters.log_only = policy.mode == Mode::kLog ? 1 : 0;
  parameters.note_offset = static_cast<uint32_t>(code.size() - at);
  parameters.note_size = static_cast<uint32_t>(note_size);
  std::memcpy(code.data() + at, &parameters, sizeof(parameters));
  return code;
}

// The parameters of the stub by which the program enters, and where they stand
// in the file; false if it enters otherwise.
bool FindStub(const Program& program, StubParameters* parameters,
              uint64_t* offset) {
  // Farther from a stub's beginning than any version of it is long.
  constexpr uint64_t kMostCode = 4096;
  const Elf64_Phdr* load = program.LoadAt(program.header.e_entry);
  if (load == nullptr) return false;
  const uint64_t within = program.header.e_entry - load->p_vaddr;
  if (within >= load->p_filesz) return false;
  const absl::string_view code = program.bytes.substr(
      load->p_offset + within, std::min(kMostCode, load->p_filesz - within));
  const size_t at =
      code.find(absl::string_view(kStubMagic, sizeof(kStubMagic)));
  if (at == absl::string_view::npos || at + sizeof(*parameters) > code.size()) {
    return false;
  }
  std::memcpy(parameters, code.data() + at, sizeof(*parameters));
  *offset = load->p_offset + within + at;
  return true;
}

bool CarriesPolicy(const Program& program) {
  return std::any_of(program.sections.begin(), program.sections.end(),
                     [&program](const Elf64_Shdr& section) {
                       return program.SectionName(section) ==
                              policy::kNoteSection;
                     });
}

absl::Status CheckProgram(const Program& program, absl::string_view origin) {
  StubParameters parameters;
  uint64_t offset = 0;
  if (FindStub(program, &parameters, &offset) || CarriesPolicy(program)) {
    return absl::AlreadyExistsError(absl::StrCat(
        origin, ": carries its own policy and puts its filter on by itself; ",
        "chestnut show says what it allows"));
  }
  return CheckSuitable(program, origin);
}

}  // namespace

absl::Status CheckPatchable(absl::string_view original,
                            absl::string_view origin) {
  absl::StatusOr<Program> program = ReadProgram(original, origin);
  return program.ok() ? CheckProgram(*program, origin) : program.status();
}

absl::StatusOr<Patched> Patch(absl::string_view original, const Policy& policy,
                              const PatchOptions& options) {
  absl::StatusOr<Program> program = ReadProgram(original, options.origin);
  if (!program.ok()) return program.status();
  absl::Status status = CheckProgram(*program, options.origin);
  if (status.ok()) {
    status = CheckFits(policy, *program, options.names, options.origin);
  }
  if (!status.ok()) return status;
  absl::StatusOr<policy::Filter> filter = CompileFor(policy, options.origin);
  if (!filter.ok()) return filter.status();
  const Layout layout = MakeLayout(*program);
  NewSegment segment;
  segment.section = kStubSection;
  segment.is_entry = true;
  segment.digest = DigestOf(original);
  segment.notes = Notes(policy, original, segment.digest);
  absl::StatusOr<std::string> stub =
      Stub(policy, *filter, layout.address + layout.content,
           program->header.e_entry, segment.notes.size());
  if (!stub.ok()) {
    return absl::Status(
        stub.status().code(),
        absl::StrCat(options.origin, ": ", stub.status().message()));
  }
  segment.content = *std::move(stub);
  return Patched{AddSegment(*program, layout, segment), layout.room};
}

bool IsPatched(absl::string_view bytes) {
  absl::StatusOr<Program> program = ReadProgram(bytes, "");
  StubParameters parameters;
  uint64_t offset = 0;
  return program.ok() && FindStub(*program, &parameters, &offset);
}

absl::StatusOr<std::string> Unpatch(absl::string_view patched,
                                    absl::string_view origin) {
  absl::StatusOr<std::string> original = Undo(patched);
  if (original.ok()) return original;
  if (absl::IsNotFound(original.status()) && !IsPatched(patched)) {
    return absl::NotFoundError(absl::StrCat(
        origin, ": is not a program that chestnut patch has made"));
  }
  return absl::DataLossError(absl::StrCat(
      origin, ": was changed after it was patched (strip, patchelf), so the ",
      "original cannot be made of it; use the program that was patched"));
}

absl::StatusOr<absl::string_view> FindNotes(absl::string_view patched) {
  absl::StatusOr<Program> program = ReadProgram(patched, "");
  StubParameters parameters;
  uint64_t offset = 0;
  if (!program.ok() || !FindStub(*program, &parameters, &offset)) {
    return absl::NotFoundError("it is not patched");
  }
  const uint64_t at = offset + parameters.note_offset;
  if (at > patched.size() || parameters.note_size > patched.size() - at) {
    return absl::InvalidArgumentError("its notes are cut off");
  }
  return patched.substr(at, parameters.note_size);
}

}  // namespace chestnut::patcher
