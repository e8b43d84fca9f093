#include "patcher/wrap.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "patcher/fit.h"
#include "patcher/launcher/executable.h"
#include "patcher/launcher/image.h"
#include "patcher/layout.h"
#include "patcher/program.h"
#include "patcher/segment.h"
#include "patcher/undo.h"
#include "policy/bpf.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "support/digest.h"

namespace chestnut::patcher {
namespace {

using policy::InstallPoint;
using policy::Mode;
using policy::Policy;

constexpr absl::string_view kImageSection = ".chestnut";
constexpr char kMagic[CHESTNUT_LAUNCHER_MAGIC_SIZE] = CHESTNUT_LAUNCHER_MAGIC;

absl::Status CheckAtExec(const Policy& policy, const WrapOptions& options) {
  const std::vector<policy::Call> calls = EnforcedCalls(policy);
  if (policy.install_point == InstallPoint::kExec &&
      std::any_of(calls.begin(), calls.end(), [](const policy::Call& call) {
        return call.name == "execve";
      })) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      options.program, ": the policy for where nothing can be traced has to ",
      "be one for install point exec that allows execve; make it with ",
      "chestnut analyze --at exec"));
}

void AddFilter(const policy::Filter& filter, int canary_errno,
               std::string& bytes, chestnut_launcher_filter* where) {
  bytes.resize(AlignUp(bytes.size(), alignof(policy::Instruction)));
  where->offset = static_cast<unsigned>(bytes.size());
  where->length = static_cast<unsigned>(filter.size());
  where->canary_errno = canary_errno;
  bytes.append(reinterpret_cast<const char*>(filter.data()),
               filter.size() * sizeof(policy::Instruction));
}

absl::StatusOr<std::string> MakeImage(const support::Sha256::Digest& digest,
                                      const Policy& policy,
                                      const WrapOptions& options) {
  chestnut_launcher_image image = {};
  std::memcpy(image.magic, kMagic, sizeof(kMagic));
  std::string bytes(sizeof(image), '\0');
  image.path = static_cast<unsigned>(bytes.size());
  absl::StrAppend(&bytes, options.program, absl::string_view("\0", 1));
  absl::StatusOr<policy::Filter> filter = CompileFor(policy, options.program);
  if (!filter.ok()) return filter.status();
  AddFilter(*filter, CanaryErrno(policy), bytes, &image.at_entry);
  if (policy.mode == Mode::kLog) image.flags |= CHESTNUT_LAUNCHER_LOG;
  if (options.at_exec != nullptr) {
    filter = CompileFor(*options.at_exec, options.program);
    if (!filter.ok()) return filter.status();
    AddFilter(*filter, CanaryErrno(*options.at_exec), bytes, &image.at_exec);
    image.flags |= CHESTNUT_LAUNCHER_EXEC;
  }
  if (options.bind_to_content) {
    static_assert(sizeof(digest) == sizeof(image.digest));
    std::memcpy(image.digest, digest.data(), sizeof(image.digest));
    image.flags |= CHESTNUT_LAUNCHER_DIGEST;
  }
  image.size = static_cast<unsigned>(bytes.size());
  std::memcpy(bytes.data(), &image, sizeof(image));
  bytes.resize(AlignUp(bytes.size(), sizeof(uint32_t)));
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> Wrap(absl::string_view bytes, const Policy& policy,
                                 const WrapOptions& options) {
  absl::StatusOr<Program> program = ReadProgram(bytes, options.program);
  if (!program.ok()) return program.status();
  absl::Status status =
      CheckFits(policy, *program, options.names, options.program);
  if (status.ok() && options.at_exec != nullptr) {
    status = CheckAtExec(*options.at_exec, options);
  }
  if (!status.ok()) return status;
  const support::Sha256::Digest digest = DigestOf(bytes);
  absl::StatusOr<std::string> image = MakeImage(digest, policy, options);
  if (!image.ok()) return image;
  const absl::string_view executable(
      reinterpret_cast<const char*>(chestnut_launcher_executable),
      chestnut_launcher_executable_size);
  absl::StatusOr<Program> launcher = ReadProgram(executable, "the launcher");
  if (!launcher.ok()) return absl::InternalError(launcher.status().message());
  NewSegment segment;
  segment.section = kImageSection;
  segment.content = *std::move(image);
  segment.digest = DigestOf(executable);
  segment.notes = Notes(policy, bytes, digest);
  const Layout layout = MakeLayout(*launcher);
  if (layout.content != 0) {
    return absl::InternalError("the launcher has no room for its image");
  }
  return AddSegment(*launcher, layout, segment);
}

absl::StatusOr<std::string> WrappedProgram(absl::string_view launcher) {
  absl::StatusOr<Program> program = ReadProgram(launcher, "");
  if (!program.ok()) return absl::NotFoundError("it is no launcher");
  for (const Elf64_Phdr& segment : program->segments) {
    chestnut_launcher_image image;
    if (segment.p_type != PT_LOAD || segment.p_filesz < sizeof(image)) continue;
    const absl::string_view bytes =
        launcher.substr(segment.p_offset, segment.p_filesz);
    std::memcpy(&image, bytes.data(), sizeof(image));
    if (std::memcmp(image.magic, kMagic, sizeof(kMagic)) != 0) continue;
    const absl::string_view path =
        bytes.substr(std::min<size_t>(image.path, bytes.size()));
    return std::string(path.substr(0, path.find('\0')));
  }
  return absl::NotFoundError("it is no launcher");
}

}  // namespace chestnut::patcher
