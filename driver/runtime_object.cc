#include "driver/runtime_object.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/elf.h"
#include "driver/process.h"
#include "driver/toolchain.h"
#include "support/digest.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

namespace fs = std::filesystem;

// Independent of the user's flags, so that nothing of theirs can change what
// the runtime does. Position-independent code fits every link.
const std::vector<std::string>& Flags() {
  static const auto* flags =
      new std::vector<std::string>{"-std=c11",
                                   "-O2",
                                   "-fPIE",
                                   "-ffreestanding",
                                   "-fno-builtin",
                                   "-fno-stack-protector",
                                   "-fno-lto",
                                   "-fomit-frame-pointer",
                                   "-fno-asynchronous-unwind-tables",
                                   "-w",
                                   "-x",
                                   "c",
                                   "-c"};
  return *flags;
}

absl::Status CheckReferences(const std::string& object) {
  absl::StatusOr<std::string> bytes = support::ReadFile(object);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<binalyzer::ElfFile> elf =
      binalyzer::ElfFile::Parse(*bytes, object);
  if (!elf.ok()) return elf.status();
  constexpr int kWeak = 2;
  for (const binalyzer::ElfSymbol& symbol : elf->symbols()) {
    if (symbol.defined() || symbol.name.empty() || symbol.binding == kWeak ||
        symbol.name == "__real_main" || symbol.name == "exit" ||
        symbol.name == "_GLOBAL_OFFSET_TABLE_") {
      continue;
    }
    return absl::InternalError(
        absl::StrCat("the compiler made the runtime call '", symbol.name,
                     "', which no policy accounts for"));
  }
  return absl::OkStatus();
}

absl::Status RunCompiler(absl::string_view what,
                         const std::vector<std::string>& command,
                         const std::string& folder = "") {
  absl::StatusOr<ProcessResult> result =
      Run(command, Streams::kCapture, folder);
  if (!result.ok()) return result.status();
  if (result->ok()) return absl::OkStatus();
  const std::string first = result->err.substr(0, result->err.find('\n'));
  return absl::InternalError(absl::StrCat("cannot compile ", what, " (exit ",
                                          result->exit_code, "): ", first));
}

// Everything that the object is made from.
absl::StatusOr<std::string> Key(absl::string_view header,
                                const std::string& compiler,
                                const std::string& runtime) {
  support::Sha256 digest;
  auto add = [&digest](absl::string_view text) {
    digest.Update(text);
    digest.Update(absl::string_view("\0", 1));
  };
  add(header);
  add(FileIdentity(compiler));
  for (const std::string& flag : Flags()) add(flag);
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runtime, error)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".c" || extension == ".h") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    absl::StatusOr<std::string> content = support::ReadFile(file);
    if (!content.ok()) return content.status();
    add(*content);
  }
  std::string hex;
  for (const uint8_t byte : digest.Finish()) {
    absl::StrAppend(&hex, absl::Hex(byte, absl::kZeroPad2));
  }
  return hex;
}

absl::Status CompileTo(const std::string& object, absl::string_view header,
                       const std::string& compiler,
                       const std::string& resources,
                       const TemporaryFolder& scratch) {
  const std::string policy = scratch.File("policy.h");
  absl::Status status = support::WriteFileAtomically(policy, header);
  if (!status.ok()) return status;
  std::vector<std::string> command = {compiler};
  command.insert(command.end(), Flags().begin(), Flags().end());
  command.push_back(absl::StrCat("-I", resources));
  command.push_back(absl::StrCat("-DCHESTNUT_POLICY_HEADER=\"", policy, "\""));
  command.push_back(absl::StrCat(resources, "/runtime/runtime.c"));
  command.insert(command.end(), {"-o", object});
  status = RunCompiler("the runtime", command);
  if (!status.ok()) return status;
  return CheckReferences(object);
}

}  // namespace

absl::StatusOr<std::string> CompileRuntime(absl::string_view header,
                                           const std::string& compiler,
                                           const TemporaryFolder& scratch) {
  absl::StatusOr<std::string> resources = FindResources();
  if (!resources.ok()) return resources;
  absl::StatusOr<std::string> key =
      Key(header, compiler, *resources + "/runtime");
  if (!key.ok()) return key;
  absl::StatusOr<std::string> cache = CacheFolder();
  std::string cached;
  if (cache.ok() && MakeFolders(*cache + "/runtime").ok()) {
    cached = absl::StrCat(*cache, "/runtime/", *key, ".o");
    if (access(cached.c_str(), R_OK) == 0) return cached;
  }
  std::string object = scratch.File("runtime.o");
  absl::Status status =
      CompileTo(object, header, compiler, *resources, scratch);
  if (!status.ok()) return status;
  if (cached.empty()) return object;
  // A cache that cannot be written to costs time and nothing else.
  absl::StatusOr<std::string> bytes = support::ReadFile(object);
  if (bytes.ok()) support::WriteFileAtomically(cached, *bytes).IgnoreError();
  return object;
}

absl::StatusOr<std::string> CompileAnnotations(const std::string& header,
                                               const TemporaryFolder& scratch) {
  absl::StatusOr<std::string> resources = FindResources();
  if (!resources.ok()) return resources;
  absl::StatusOr<std::string> plugin = FindPlugin();
  if (!plugin.ok()) return plugin;
  absl::StatusOr<RealCompiler> clang = FindRealCompiler({}, Language::kC);
  if (!clang.ok()) return clang.status();
  // From its own folder, so that the facts name it alike everywhere.
  const fs::path path = fs::path(header).parent_path();
  const std::string out = scratch.File("annotations.facts");
  absl::Status status =
      RunCompiler(absl::StrCat("'", header, "'"),
                  {clang->path, "-w", "-x", "c", "-fsyntax-only",
                   absl::StrCat("-I", *resources),
                   absl::StrCat("-I", *resources, "/runtime"),
                   absl::StrCat("-fplugin=", *plugin),
                   absl::StrCat("-fplugin-arg-chestnut-out=", out),
                   fs::path(header).filename().string()},
                  path.empty() ? "." : path.string());
  if (!status.ok()) return status;
  return support::ReadFile(out);
}

}  // namespace chestnut::driver
