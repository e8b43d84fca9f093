#include "driver/original_program.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "binalyzer/mapped_file.h"
#include "driver/cache.h"
#include "patcher/patch.h"
#include "support/file.h"

namespace chestnut::driver {

absl::StatusOr<std::shared_ptr<const OriginalProgram>> OriginalProgram::Of(
    const std::string& program) {
  absl::StatusOr<binalyzer::MappedFile> file =
      binalyzer::MappedFile::Open(program);
  if (!file.ok() || !patcher::IsPatched(file->bytes())) return nullptr;
  absl::StatusOr<std::string> bytes = patcher::Unpatch(file->bytes(), program);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<TemporaryFolder> folder = TemporaryFolder::Create();
  if (!folder.ok()) return folder.status();
  std::shared_ptr<OriginalProgram> original(
      new OriginalProgram(*std::move(folder)));
  original->file_ = original->folder_.File(
      std::filesystem::path(program).filename().string());
  absl::Status status =
      support::WriteFileAtomically(original->file_, *bytes, 0755);
  if (!status.ok()) return status;
  return original;
}

}  // namespace chestnut::driver
