#include "driver/run_time_loads.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "binalyzer/mapped_file.h"
#include "callgraph/loading_knowledge.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

constexpr absl::string_view kLibc = "libc.so.6";
// What glibc makes the file names of the name service's modules from
// (nss/nss_module.c); linked into a static program only if it looks up names.
constexpr absl::string_view kModuleFormat = "libnss_%s.so";

std::vector<std::string> Strings(const std::vector<absl::string_view>& views) {
  return std::vector<std::string>(views.begin(), views.end());
}

}  // namespace

absl::Status RunTimeLoads::AddModule(const std::string& path) {
  absl::StatusOr<uint32_t> index = loading_.Open(path, 0);
  if (!index.ok()) return index.status();
  found_.all_called_in.insert(loading_.files()[*index].name);
  user_named_ = true;
  return absl::OkStatus();
}

absl::Status RunTimeLoads::Resume(const LoadsFound& found) {
  for (const LoadsFound::Opened& entry : found.opened) {
    if (absl::Status status = Open(entry.library, entry.by, {}); !status.ok()) {
      return status;
    }
  }
  found_.called = found.called;
  found_.called_in = found.called_in;
  found_.all_called_in = found.all_called_in;
  return absl::OkStatus();
}

void RunTimeLoads::Restart(const LoadsFound& found) {
  found_ = found;
  missing_.clear();
}

absl::StatusOr<bool> RunTimeLoads::Follow(const callgraph::Result& result) {
  exports_ = &result.exports;
  undecided_.clear();
  grown_ = false;
  for (const callgraph::RunTimeLoad& load : result.loads) {
    if (absl::Status status = FollowLoad(load); !status.ok()) return status;
  }
  if (HasStaticNames() || HasModule(kLibc)) {
    if (absl::Status status = FollowLibc(); !status.ok()) return status;
    if (absl::Status status = FollowNames(); !status.ok()) return status;
  }
  return grown_;
}

absl::Status RunTimeLoads::FollowLoad(const callgraph::RunTimeLoad& load) {
  const bool symbol = callgraph::LooksUpSymbols(load.function);
  if (load.known) {
    // dlopen of a null pointer or an empty name: the program itself.
    if (!symbol && load.name.empty()) return absl::OkStatus();
    if (!symbol) return Open(load.name, load.module, {});
    Call(load.name);
    return absl::OkStatus();
  }
  if (const Decision* decision = overlay_.Find(load.place)) {
    for (const std::string& name : decision->names) Call(name);
    for (const std::string& module : decision->modules) {
      if (absl::Status status = Open(module, load.module, {}); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }
  if (const callgraph::ReviewedLoad* known =
          callgraph::FindReviewedLoad(load.module, load.function);
      known != nullptr &&
      std::none_of(known->unless.begin(), known->unless.end(),
                   [this](auto name) { return MayRun(name); })) {
    for (absl::string_view name : known->names) {
      if (symbol) {
        Call(std::string(name));
        continue;
      }
      absl::Status status = known->only_known_calls
                                ? Open(std::string(name), load.module, {})
                                : OpenAll(std::string(name), load.module);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }
  // Of any name that is exported, syscall(2) among them: nothing is left out.
  Undecided(load);
  return absl::OkStatus();
}

void RunTimeLoads::Undecided(const callgraph::RunTimeLoad& load) {
  // With --module the user says what it is.
  if (user_named_) return;
  undecided_.push_back({.place = load.place,
                        .reason = absl::StrCat(
                            load.function,
                            " of a name that is not known; name the libraries "
                            "with --module or decide in an overlay")});
}

absl::Status RunTimeLoads::Open(const std::string& library,
                                const std::string& by,
                                const std::vector<std::string>& called) {
  uint32_t from = 0;
  for (uint32_t i = 0; i < loading_.files().size(); ++i) {
    if (loading_.files()[i].name == by) from = i;
  }
  const size_t before = loading_.files().size();
  absl::StatusOr<uint32_t> index = loading_.Open(library, from);
  if (absl::IsNotFound(index.status())) {
    missing_.insert(library);
    return absl::OkStatus();
  }
  if (!index.ok()) return index.status();
  if (loading_.files().size() != before) {
    grown_ = true;
    found_.opened.push_back({.library = library, .by = by});
  }
  std::set<std::string>& names =
      found_.called_in[loading_.files()[*index].name];
  for (const std::string& name : called) grown_ |= names.insert(name).second;
  return absl::OkStatus();
}

// Every file that the pattern matches; anything in it can be called.
absl::Status RunTimeLoads::OpenAll(const std::string& pattern,
                                   const std::string& by) {
  for (const std::string& path : loading_.root().Glob(pattern)) {
    if (absl::Status status = Open(path, by, {}); !status.ok()) return status;
    for (const binalyzer::LoadedFile& file : loading_.files()) {
      if (file.path != path) continue;
      grown_ |= found_.all_called_in.insert(file.name).second;
    }
  }
  return absl::OkStatus();
}

// An export that is missing says nothing about the code behind it.
bool RunTimeLoads::MayRun(absl::string_view function) const {
  auto found = exports_->find(function);
  return found == exports_->end() || found->second;
}

bool RunTimeLoads::HasModule(absl::string_view name) const {
  return std::any_of(
      loading_.files().begin(), loading_.files().end(),
      [name](const binalyzer::LoadedFile& file) { return file.name == name; });
}

// Nothing says which functions of libc a static program has, once it is
// stripped. Of one that was linked from parts with names the calls are known.
bool RunTimeLoads::HasStaticNames() {
  if (!static_names_.has_value()) {
    static_names_ = false;
    const binalyzer::LoadedFile& program = loading_.files().front();
    if (!linked_ && program.info.interpreter.empty()) {
      absl::StatusOr<binalyzer::MappedFile> mapped =
          binalyzer::MappedFile::Open(program.file);
      static_names_ =
          !mapped.ok() || absl::StrContains(mapped->bytes(), kModuleFormat);
    }
  }
  return *static_names_;
}

absl::Status RunTimeLoads::FollowLibc() {
  auto may_run = [this](absl::string_view name) { return MayRun(name); };
  for (const callgraph::LibcLoad& load : callgraph::LibcLoads()) {
    if (!load.condition.empty() &&
        std::none_of(load.condition.begin(), load.condition.end(), may_run)) {
      continue;
    }
    absl::Status status = Open(std::string(load.library), std::string(kLibc),
                               Strings(load.called));
    if (!status.ok()) return status;
  }
  for (const callgraph::PluginImports& plugin : callgraph::KnownPlugins()) {
    if (std::none_of(plugin.condition.begin(), plugin.condition.end(),
                     may_run)) {
      continue;
    }
    for (absl::string_view name : plugin.called) Call(std::string(name));
  }
  return absl::OkStatus();
}

// The name service: modules by /etc/nsswitch.conf, functions by the lookups
// that can happen.
absl::Status RunTimeLoads::FollowNames() {
  for (const callgraph::NameLookup& lookup : callgraph::NameLookups()) {
    auto found = exports_->find(lookup.function);
    const bool runs = found != exports_->end() && found->second;
    if (!runs && !HasStaticNames()) continue;
    for (const std::string& service :
         ServicesOf(std::string(lookup.database))) {
      std::vector<std::string> called;
      called.reserve(lookup.called.size());
      for (absl::string_view function : lookup.called) {
        called.push_back(absl::StrCat("_nss_", service, "_", function));
      }
      absl::Status status = Open(absl::StrCat("libnss_", service, ".so.2"),
                                 std::string(kLibc), called);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> RunTimeLoads::ServicesOf(const std::string& database) {
  if (!services_read_) {
    services_read_ = true;
    absl::StatusOr<std::string> file = loading_.root().Resolve(kServicesFile);
    absl::StatusOr<std::string> text =
        file.ok() ? support::ReadFile(*file) : file.status();
    if (text.ok()) consulted_.emplace(kServicesFile);
    for (absl::string_view line : absl::StrSplit(text.value_or(""), '\n')) {
      line = line.substr(0, line.find('#'));
      const size_t colon = line.find(':');
      if (colon == absl::string_view::npos) continue;
      auto& services = services_[std::string(
          absl::StripAsciiWhitespace(line.substr(0, colon)))];
      bool action = false;  // [NOTFOUND=return]
      for (absl::string_view word :
           absl::StrSplit(line.substr(colon + 1), absl::ByAnyChar(" \t"),
                          absl::SkipEmpty())) {
        action |= absl::StartsWith(word, "[");
        if (!action) services.emplace_back(word);
        if (absl::EndsWith(word, "]")) action = false;
      }
    }
  }
  auto found = services_.find(database);
  if (found != services_.end()) return found->second;
  return absl::StrSplit(callgraph::DefaultServices(database), ' ');
}

void RunTimeLoads::Fill(callgraph::Options& options) const {
  options.load_order.clear();
  for (const binalyzer::LoadedFile& file : loading_.files()) {
    if (linked_ && &file == &loading_.files().front()) continue;
    callgraph::LoadedModule module;
    module.unit = file.name;
    module.group = file.group;
    module.all_called = found_.all_called_in.contains(file.name);
    if (auto it = found_.called_in.find(file.name);
        it != found_.called_in.end()) {
      module.called.assign(it->second.begin(), it->second.end());
    }
    options.load_order.push_back(std::move(module));
  }
  if (loading_.interpreter() != 0) {
    options.loader = loading_.files()[loading_.interpreter()].name;
  }
  options.called.assign(found_.called.begin(), found_.called.end());
}

}  // namespace chestnut::driver
