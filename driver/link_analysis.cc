#include "driver/link_analysis.h"

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "binalyzer/elf.h"
#include "binalyzer/image.h"
#include "binalyzer/mapped_file.h"
#include "binalyzer/reconcile.h"
#include "callgraph/analysis.h"
#include "driver/definitions.h"
#include "driver/exec_policy.h"
#include "driver/program_analysis.h"
#include "driver/runtime_object.h"
#include "facts/container.h"
#include "policy/json.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

using facts::UnitView;

class LinkAnalyzer {
 public:
  LinkAnalyzer(const LinkerContext& context, const LinkArguments& link,
               const LinkInputs& inputs, const TemporaryFolder& scratch,
               const std::string& program, policy::InstallPoint install_point)
      : context_(context),
        link_(link),
        inputs_(inputs),
        scratch_(scratch),
        program_(program),
        install_point_(install_point) {}

  absl::StatusOr<policy::Policy> Run() {
    absl::StatusOr<std::vector<UnitView>> units = Units();
    if (!units.ok()) return units.status();
    if (absl::Status status = WriteFacts(*units); !status.ok()) return status;
    absl::StatusOr<ProgramAnalysis> result =
        SystemLibc() ? WithLoaded(*units) : Alone(*units);
    if (!result.ok()) return result.status();
    absl::Status checked;
    if (!FromProgram()) checked = CheckUndefined(*units, result->undefined);
    if (checked.ok()) checked = CheckScripts(*units);
    if (!checked.ok()) return checked;
    policy::Policy policy = std::move(result->policy);
    if (policy.mode == policy::Mode::kErrno) {
      policy.errno_value = context_.options.errno_value;
    }
    const Options& wanted = context_.options;
    if (!wanted.candidates_out.empty()) {
      checked = support::WriteFileAtomically(
          wanted.candidates_out,
          callgraph::CandidatesToJson(result->candidates));
    }
    if (checked.ok()) checked = ChooseExecs(policy);
    if (checked.ok() && !wanted.policy_out.empty()) {
      checked = support::WriteFileAtomically(wanted.policy_out,
                                             policy::WritePolicy(policy));
    }
    if (!checked.ok()) return checked;
    return policy;
  }

 private:
  absl::Status ChooseExecs(policy::Policy& policy) const {
    absl::StatusOr<ExecPolicy> choice =
        ParseExecPolicy(context_.options.exec_policy);
    if (!choice.ok()) return choice.status();
    ProgramOptions options;
    options.exact = context_.options.exact;
    options.overlay = context_.options.overlay;
    options.mode = policy.mode;
    return ChooseExecPolicy(*choice, options, policy);
  }

  bool SystemLibc() const { return context_.options.libc.empty(); }

  // What was optimised at link time cannot be told apart from what objects
  // without facts brought along: the program's own code says what it does.
  bool FromProgram() const {
    return SystemLibc() && inputs_.link_time_optimised();
  }

  // Facts of everything that the linker put together.
  absl::StatusOr<std::vector<UnitView>> Units() const {
    if (FromProgram()) return std::vector<UnitView>();
    absl::StatusOr<std::vector<UnitView>> annotations = Annotations();
    if (!annotations.ok()) return annotations.status();
    absl::StatusOr<std::vector<UnitView>> added =
        binalyzer::Reconcile(inputs_.objects(), *annotations);
    if (!added.ok()) return added.status();
    std::vector<UnitView> units = inputs_.Units();
    units.insert(units.end(), added->begin(), added->end());
    return units;
  }

  absl::StatusOr<std::vector<UnitView>> Annotations() const {
    std::vector<UnitView> result;
    auto add = [&result](absl::StatusOr<std::string> bytes,
                         const std::string& origin) {
      if (!bytes.ok()) return bytes.status();
      absl::StatusOr<std::vector<UnitView>> units =
          facts::ParseUnits(*bytes, origin);
      if (!units.ok()) return units.status();
      result.insert(result.end(), units->begin(), units->end());
      return absl::OkStatus();
    };
    absl::Status status;
    for (const std::string& header : context_.options.annotations) {
      if (!status.ok()) return status;
      status = add(CompileAnnotations(header, scratch_), header);
    }
    if (!status.ok()) return status;
    return result;
  }

  // A program that is all that there is.
  absl::StatusOr<ProgramAnalysis> Alone(
      const std::vector<UnitView>& units) const {
    callgraph::Options options;
    options.program = link_.output.substr(link_.output.rfind('/') + 1);
    options.wrapped = link_.wrapped;
    options.mode = *policy::ParseMode(context_.options.mode);
    options.list_candidates = !context_.options.candidates_out.empty();
    // The real linker has found every symbol that the objects refer to; what
    // the source refers to besides, the compiler has optimised away.
    options.allow_undefined = true;
    absl::StatusOr<callgraph::Result> result =
        callgraph::Analyze(units, options);
    if (!result.ok()) return result.status();
    ProgramAnalysis analysis;
    analysis.policy = std::move(result->policy);
    analysis.candidates = std::move(result->candidates);
    analysis.undefined = std::move(result->undefined);
    return analysis;
  }

  // A program with the system's libc, and what it loads.
  absl::StatusOr<ProgramAnalysis> WithLoaded(
      const std::vector<UnitView>& units) const {
    absl::StatusOr<binalyzer::MappedFile> file =
        binalyzer::MappedFile::Open(program_);
    if (!file.ok()) return file.status();
    absl::StatusOr<binalyzer::Image> image =
        binalyzer::Image::Read(file->bytes(), link_.output);
    if (!image.ok()) return image.status();
    LinkedProgram linked;
    linked.wrapped = link_.wrapped;
    linked.output = link_.output;
    linked.units = units;
    for (const binalyzer::ImageSymbol& symbol : image->symbols()) {
      if (symbol.exported && symbol.defined) {
        linked.exported.emplace_back(symbol.name);
      }
    }
    ProgramOptions options;
    options.program = program_;
    options.linked = &linked;
    options.install_point = install_point_;
    options.exact = context_.options.exact;
    options.overlay = context_.options.overlay;
    options.mode = *policy::ParseMode(context_.options.mode);
    options.list_candidates = !context_.options.candidates_out.empty();
    return AnalyzeProgram(options);
  }

  absl::Status CheckUndefined(
      const std::vector<UnitView>& units,
      const std::vector<callgraph::UndefinedSymbol>& undefined) const {
    absl::StatusOr<binalyzer::MappedFile> file =
        binalyzer::MappedFile::Open(program_);
    if (!file.ok()) return file.status();
    absl::StatusOr<binalyzer::ElfFile> elf =
        binalyzer::ElfFile::Parse(file->bytes(), link_.output);
    if (!elf.ok()) return elf.status();
    return CheckDefinitions(units, undefined, *elf);
  }

  absl::Status CheckScripts(const std::vector<UnitView>& units) const {
    std::vector<std::string> assigned = link_.assigned;
    std::vector<std::string> scripts = inputs_.scripts();
    for (const std::string& script : link_.scripts) {
      scripts.push_back(FindScript(script));
    }
    for (const std::string& script : scripts) {
      absl::StatusOr<std::string> text = support::ReadFile(script);
      if (!text.ok()) return text.status();
      for (std::string& name : AssignedSymbols(*text)) {
        assigned.push_back(std::move(name));
      }
    }
    return CheckAssigned(units, assigned);
  }

  // Where the linker found a script that it was given.
  std::string FindScript(const std::string& script) const {
    if (access(script.c_str(), R_OK) == 0) return script;
    for (const std::string& folder : link_.folders) {
      std::string path = absl::StrCat(folder, "/", script);
      if (access(path.c_str(), R_OK) == 0) return path;
    }
    return script;
  }

  absl::Status WriteFacts(const std::vector<UnitView>& units) const {
    if (context_.options.facts_out.empty()) return absl::OkStatus();
    std::string bytes;
    for (const UnitView& unit : units) bytes += facts::Frame(unit.bytes());
    return support::WriteFileAtomically(context_.options.facts_out, bytes);
  }

  const LinkerContext& context_;
  const LinkArguments& link_;
  const LinkInputs& inputs_;
  const TemporaryFolder& scratch_;
  const std::string& program_;
  const policy::InstallPoint install_point_;
};

}  // namespace

absl::StatusOr<policy::Policy> AnalyzeLink(const LinkerContext& context,
                                           const LinkArguments& link,
                                           const LinkInputs& inputs,
                                           const TemporaryFolder& scratch,
                                           const std::string& program,
                                           policy::InstallPoint install_point) {
  return LinkAnalyzer(context, link, inputs, scratch, program, install_point)
      .Run();
}

}  // namespace chestnut::driver
