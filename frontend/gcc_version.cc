#include "frontend/gcc_version.h"

#include <memory>
#include <optional>

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorOr.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

namespace chestnut::frontend {
namespace {

using llvm::StringRef;

// A compiler that takes longer is none that answers.
constexpr unsigned kSeconds = 10;

bool IsClang(StringRef path) {
  return llvm::sys::path::filename(path).contains("clang");
}

std::string Ask(StringRef program) {
  llvm::SmallString<128> answer;
  if (llvm::sys::fs::createTemporaryFile("chestnut", "version", answer)) {
    return "";
  }
  const llvm::FileRemover remover(answer);
  const std::optional<StringRef> streams[] = {StringRef(), StringRef(answer),
                                              StringRef()};
  if (llvm::sys::ExecuteAndWait(program, {program, "-dumpfullversion"},
                                std::nullopt, streams, kSeconds) != 0) {
    return "";
  }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> text =
      llvm::MemoryBuffer::getFile(answer);
  return text ? (*text)->getBuffer().trim().str() : "";
}

}  // namespace

std::string GccVersion(const std::string& compiler) {
  llvm::ErrorOr<std::string> program = llvm::sys::findProgramByName(compiler);
  if (!program || IsClang(compiler)) return "";
  llvm::SmallString<128> real;
  if (!llvm::sys::fs::real_path(*program, real) && IsClang(real)) return "";
  std::string version = Ask(*program);
  // What is no version is none of gcc's.
  const bool sane = !version.empty() && StringRef(version).find_first_not_of(
                                            "0123456789.") == StringRef::npos;
  if (!sane) return "";
  unsigned major = 0;
  const bool read =
      !StringRef(version).split('.').first.getAsInteger(10, major);
  return read && major > 6 ? "6.5.0" : version;
}

}  // namespace chestnut::frontend
