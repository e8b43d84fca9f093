#include "driver/mapped_link.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "binalyzer/elf.h"
#include "binalyzer/mapped_file.h"
#include "driver/cache.h"
#include "driver/link_analysis.h"
#include "driver/link_arguments.h"
#include "driver/link_inputs.h"
#include "driver/link_map.h"
#include "driver/linker_context.h"
#include "driver/unit_facts.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// Whether the map speaks of this program, as far as one can see.
absl::Status CheckSameLink(const LinkMap& map,
                           const binalyzer::ElfFile& program,
                           const MappedLink& link) {
  for (const binalyzer::ElfSection& section : program.sections()) {
    if (section.name != ".text") continue;
    if (section.address == map.text_address && section.size == map.text_size) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(absl::StrCat(
        link.map, " is of another link than ", link.program, ": its .text has ",
        map.text_size, " bytes at 0x", absl::Hex(map.text_address),
        ", the program's ", section.size, " at 0x", absl::Hex(section.address),
        "; link again with -Wl,-Map"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(link.program, ": no section .text"));
}

// The linker renames what --wrap names, and no map says so.
absl::Status CheckWrapped(const binalyzer::ElfFile& program,
                          const MappedLink& link) {
  bool any = false;
  for (const binalyzer::ElfSymbol& symbol : program.symbols()) {
    any = true;
    absl::string_view name = symbol.name;
    if (!absl::ConsumePrefix(&name, "__wrap_")) continue;
    if (std::find(link.wrapped.begin(), link.wrapped.end(), name) !=
        link.wrapped.end()) {
      continue;
    }
    return absl::FailedPreconditionError(
        absl::StrCat(link.program, " has the symbol '", symbol.name,
                     "': it seems to be linked with --wrap=", name,
                     "; give --wrap ", name, " here too"));
  }
  if (any) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(link.program,
                   " has no symbol table; give the program as the "
                   "linker wrote it, before it is stripped"));
}

// The map's inputs in the form of a linker's trace, relative names resolved.
std::string TraceOf(const LinkMap& map, const std::string& folder) {
  std::string trace;
  for (const std::string& input : map.inputs) {
    if (input.front() != '/') absl::StrAppend(&trace, folder, "/");
    absl::StrAppend(&trace, input, "\n");
  }
  return trace;
}

}  // namespace

absl::StatusOr<MappedPolicy> AnalyzeMappedLink(const MappedLink& link) {
  absl::StatusOr<std::string> text = support::ReadFile(link.map);
  if (!text.ok()) return text.status();
  absl::StatusOr<LinkMap> map = ParseLinkMap(*text, link.map);
  if (!map.ok()) return map.status();
  absl::StatusOr<binalyzer::MappedFile> file =
      binalyzer::MappedFile::Open(link.program);
  if (!file.ok()) return file.status();
  absl::StatusOr<binalyzer::ElfFile> program =
      binalyzer::ElfFile::Parse(file->bytes(), link.program);
  if (!program.ok()) return program.status();
  absl::Status status = CheckSameLink(*map, *program, link);
  if (status.ok()) status = CheckWrapped(*program, link);
  if (!status.ok()) return status;

  UnitFacts beside;
  if (!link.options.unit_facts.empty()) {
    absl::StatusOr<UnitFacts> read = UnitFacts::Read(link.options.unit_facts);
    if (!read.ok()) return read.status();
    beside = *std::move(read);
  }
  const std::string folder =
      link.folder.empty() ? FolderOf(link.map) : link.folder;
  LinkInputs inputs("", &beside);
  status = inputs.ReadTrace(TraceOf(*map, folder));
  if (!status.ok()) return status;
  MappedPolicy result;
  for (const binalyzer::LinkedObject& object : inputs.objects()) {
    if (object.units.empty() &&
        absl::StartsWith(object.path, absl::StrCat(folder, "/"))) {
      result.missing.push_back(object.name);
    }
  }
  std::sort(result.missing.begin(), result.missing.end());
  if (link.fail_on_missing && !result.missing.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "no facts of the source of ", absl::StrJoin(result.missing, ", "),
        "; run chestnut facts on the compilation database of the build that "
        "made them"));
  }

  LinkerContext context;
  context.options = link.options;
  LinkArguments arguments;
  arguments.output = link.program;
  arguments.wrapped = link.wrapped;
  arguments.assigned = map->assigned;
  absl::StatusOr<TemporaryFolder> scratch = TemporaryFolder::Create();
  if (!scratch.ok()) return scratch.status();
  absl::StatusOr<policy::Policy> policy = AnalyzeLink(
      context, arguments, inputs, *scratch, link.program, link.install_point);
  if (!policy.ok()) return policy.status();
  result.policy = *std::move(policy);
  return result;
}

}  // namespace chestnut::driver
