#include "driver/linker.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/elf.h"
#include "binalyzer/mapped_file.h"
#include "driver/cache.h"
#include "driver/command_line.h"
#include "driver/compiler.h"
#include "driver/definitions.h"
#include "driver/elf_edit.h"
#include "driver/link_analysis.h"
#include "driver/link_arguments.h"
#include "driver/link_inputs.h"
#include "driver/linker_context.h"
#include "driver/musl.h"
#include "driver/process.h"
#include "driver/runtime_object.h"
#include "driver/unit_facts.h"
#include "facts/container.h"
#include "policy/compile.h"
#include "policy/header.h"
#include "policy/json.h"
#include "policy/model.h"
#include "policy/note.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

using Command = std::vector<std::string>;

bool IsRegularOrMissing(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

// One sandboxing link. The functions are its steps, in order.
class SandboxedLink {
 public:
  SandboxedLink(LinkerContext context, Command arguments, LinkArguments link,
                TemporaryFolder scratch)
      : context_(std::move(context)),
        arguments_(std::move(arguments)),
        link_(std::move(link)),
        scratch_(std::move(scratch)) {}

  // The exit status of the real linker, or kExitIncomplete.
  absl::StatusOr<int> Run() {
    if (absl::Status status = CheckArguments(); !status.ok()) return status;
    if (!context_.options.policy.empty()) {
      absl::StatusOr<policy::Policy> policy = GivenPolicy();
      if (!policy.ok()) return policy.status();
      return Enforce(*policy);
    }
    absl::StatusOr<int> exit_code =
        FirstLink(context_.lto && !context_.options.libc.empty());
    if (!exit_code.ok() || *exit_code != 0) return exit_code;
    absl::Status status = ReadInputs();
    if (!status.ok()) return status;
    absl::StatusOr<policy::Policy> policy = AnalyzeLink(
        context_, link_, *inputs_, scratch_, scratch_.File("first"));
    if (!policy.ok()) return policy.status();
    return Enforce(*policy);
  }

 private:
  // The policy is proved, compiled and put into the program.
  absl::StatusOr<int> Enforce(const policy::Policy& policy) {
    if (!policy.incomplete.empty() && policy::Enforces(policy.mode)) {
      return ReportIncomplete(policy);
    }
    absl::StatusOr<std::string> header = policy::WritePolicyHeader(policy);
    if (!header.ok()) return header.status();
    if (context_.options.policy_only) return 0;
    absl::StatusOr<std::string> runtime =
        CompileRuntime(*header, context_.compiler, scratch_);
    if (!runtime.ok()) return runtime.status();
    return FinalLink(*runtime);
  }

  // The policy that a link like this one wrote.
  absl::StatusOr<policy::Policy> GivenPolicy() const {
    const std::string& path = context_.options.policy;
    absl::StatusOr<std::string> text = support::ReadFile(path);
    if (!text.ok()) return text.status();
    absl::StatusOr<policy::Policy> policy = policy::ReadPolicy(*text, path);
    if (!policy.ok()) return policy;
    const std::string program =
        link_.output.substr(link_.output.rfind('/') + 1);
    if (policy->program != program) {
      return absl::FailedPreconditionError(absl::StrCat(
          path, ": the policy of '", policy->program, "', not of '", program,
          "'; analyse this program's own link"));
    }
    if (policy->install_point != policy::InstallPoint::kMain) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": made for the install point '",
                       policy::ToString(policy->install_point),
                       "', but a linked program is confined from main on"));
    }
    return policy;
  }

  absl::Status CheckArguments() const {
    if (std::find(link_.wrapped.begin(), link_.wrapped.end(), "main") !=
        link_.wrapped.end()) {
      return absl::InvalidArgumentError(
          "--wrap=main: the sandbox wraps main itself; leave it out");
    }
    if (!link_.entry.empty() && link_.entry != "_start") {
      return absl::InvalidArgumentError(absl::StrCat(
          "entry point '", link_.entry, "': the sandbox goes on before main, ",
          "so the program must begin at the libc's _start"));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<int> FirstLink(bool with_relocations) {
    Command command = {context_.linker};
    const Command rest = FirstLinkArguments(arguments_, scratch_.File("first"));
    command.insert(command.end(), rest.begin(), rest.end());
    if (with_relocations) command.push_back("--emit-relocs");
    emitted_relocations_ = with_relocations;
    absl::StatusOr<ProcessResult> result =
        driver::Run(command, Streams::kCapture);
    if (!result.ok()) return result.status();
    trace_ = std::move(result->out);
    // Of a link that succeeds the final one says the same again.
    if (!result->ok()) {
      std::fwrite(result->err.data(), 1, result->err.size(), stderr);
    }
    return result->exit_code;
  }

  absl::Status ReadInputs() {
    const std::string& list = context_.options.unit_facts;
    if (!list.empty()) {
      absl::StatusOr<UnitFacts> beside = UnitFacts::Read(list);
      if (!beside.ok()) return beside.status();
      beside_ = *std::move(beside);
    }
    inputs_.emplace(context_.sysroot, &beside_);
    absl::Status status = inputs_->ReadTrace(trace_);
    if (!status.ok()) return status;
    if (inputs_->link_time_optimised() && !context_.options.libc.empty()) {
      if (!emitted_relocations_) {
        absl::StatusOr<int> again = FirstLink(true);
        if (!again.ok()) return again.status();
        if (*again != 0) {
          return absl::InternalError("the link failed when repeated");
        }
      }
      status = inputs_->AddOutput(scratch_.File("first"));
      if (!status.ok()) return status;
    }
    // Only the libc's own start code is known to call main through the wrapper.
    if (!inputs_->HasStartFile()) {
      return absl::FailedPreconditionError(
          "the program has its own start code (-nostartfiles, -nostdlib), so "
          "there is no main to put the sandbox on before; link with the libc's "
          "start files, or with --chestnut-unsandboxed");
    }
    return absl::OkStatus();
  }

  int ReportIncomplete(const policy::Policy& policy) const {
    for (const policy::Incomplete& entry : policy.incomplete) {
      PrintError(absl::StrCat("incomplete: ", entry.place, ": ", entry.reason));
    }
    PrintError(absl::StrCat(
        "'", policy.program, "' is not linked, as ", policy.incomplete.size(),
        " places can make calls that nobody knows; decide them, or link with "
        "--chestnut-mode=log"));
    return kExitIncomplete;
  }

  absl::StatusOr<int> FinalLink(const std::string& runtime) {
    const bool regular = IsRegularOrMissing(link_.output);
    // Beside the output, so that it can be renamed; a device gets the bytes.
    std::optional<TemporaryFolder> beside;
    std::string target = scratch_.File("final");
    if (regular) {
      const size_t slash = link_.output.rfind('/');
      absl::StatusOr<TemporaryFolder> folder = TemporaryFolder::Create(
          slash == std::string::npos ? "." : link_.output.substr(0, slash + 1));
      if (!folder.ok()) return folder.status();
      beside.emplace(*std::move(folder));
      target = beside->File("final");
    }
    Command command = {context_.linker};
    const Command rest = FinalLinkArguments(arguments_, target, runtime);
    command.insert(command.end(), rest.begin(), rest.end());
    absl::StatusOr<ProcessResult> result =
        driver::Run(command, Streams::kInherit);
    if (!result.ok()) return result.status();
    if (!result->ok()) return result->exit_code;
    absl::Status status = DropSection(target, facts::kSectionName);
    if (status.ok()) status = CheckProgram(target);
    if (!status.ok()) return status;
    if (!regular) return CopyToDevice(target);
    if (rename(target.c_str(), link_.output.c_str()) != 0) {
      return absl::UnavailableError(absl::StrCat("cannot write '", link_.output,
                                                 "': ", std::strerror(errno)));
    }
    return 0;
  }

  // The wrapper must be in the program, or it would run without its sandbox.
  absl::Status CheckProgram(const std::string& path) const {
    absl::StatusOr<std::string> bytes = support::ReadFile(path);
    if (!bytes.ok()) return bytes.status();
    absl::StatusOr<binalyzer::ElfFile> elf =
        binalyzer::ElfFile::Parse(*bytes, link_.output);
    if (!elf.ok()) return elf.status();
    // A stripped program tells by its note alone.
    bool wrapped = link_.strips;
    for (const binalyzer::ElfSymbol& symbol : elf->symbols()) {
      wrapped |= symbol.name == "__wrap_main" && symbol.defined();
    }
    if (wrapped && elf->FindSection(policy::kNoteSection) != nullptr) {
      return absl::OkStatus();
    }
    return absl::InternalError(absl::StrCat(
        "the linker left the sandbox out of '", link_.output, "'"));
  }

  absl::StatusOr<int> CopyToDevice(const std::string& path) const {
    absl::StatusOr<std::string> bytes = support::ReadFile(path);
    if (!bytes.ok()) return bytes.status();
    absl::Status status = support::WriteFileAtomically(link_.output, *bytes);
    if (!status.ok()) return status;
    return 0;
  }

  LinkerContext context_;
  Command arguments_;
  LinkArguments link_;
  TemporaryFolder scratch_;
  UnitFacts beside_;
  std::optional<LinkInputs> inputs_;
  std::string trace_;
  bool emitted_relocations_ = false;
};

absl::StatusOr<int> PassThrough(const LinkerContext& context,
                                const Command& arguments) {
  Command command = {context.linker};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Exec(command);
}

absl::StatusOr<int> Link(LinkerContext context, Command arguments,
                         const LinkArguments& link) {
  if (link.prints || link.relocatable) return PassThrough(context, arguments);
  if (link.shared) {
    if (context.options.libc.empty()) return PassThrough(context, arguments);
    return absl::InvalidArgumentError(
        "-shared: programs with --chestnut-libc=musl are static and cannot "
        "load a shared object; make an archive (configure "
        "--disable-shared)");
  }
  if (context.options.unsandboxed) {
    PrintError(absl::StrCat("'", link.output,
                            "' is linked without a sandbox, as "
                            "--chestnut-unsandboxed asks"));
    return PassThrough(context, arguments);
  }
  absl::StatusOr<TemporaryFolder> scratch = TemporaryFolder::Create();
  if (!scratch.ok()) return scratch.status();
  return SandboxedLink(std::move(context), std::move(arguments), link,
                       *std::move(scratch))
      .Run();
}

}  // namespace

int LinkerMain(std::vector<std::string> arguments) {
  bool expanded = false;
  arguments = ExpandResponseFiles(arguments, &expanded);
  absl::StatusOr<LinkerContext> context = TakeLinkerContext(arguments);
  if (!context.ok()) {
    PrintError(context.status().message());
    return kExitWrongUse;
  }
  const LinkArguments link = ParseLinkArguments(arguments);
  const std::string status_file = context->status_file;
  const bool writes = !context->options.policy_only;
  absl::StatusOr<int> result =
      Link(*std::move(context), std::move(arguments), link);
  if (!result.ok()) PrintError(result.status().message());
  const int exit_code = result.ok() ? *result : kExitWrongUse;
  if (!status_file.empty() && (!result.ok() || exit_code == kExitIncomplete)) {
    // Without it the compiler's own status says that there is no program.
    support::WriteFileAtomically(status_file, absl::StrCat(exit_code))
        .IgnoreError();
  }
  // As the real linker does: what was there before is not this program.
  if (exit_code != 0 && writes && IsRegularOrMissing(link.output)) {
    unlink(link.output.c_str());
  }
  return exit_code;
}

}  // namespace chestnut::driver
