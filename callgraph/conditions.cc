#include "callgraph/conditions.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "callgraph/loading_knowledge.h"

namespace chestnut::callgraph {
namespace {

constexpr absl::string_view kLibc = "libc.so.6";
// Members of glibc's; musl has `.lo`.
constexpr absl::string_view kStaticLibc = "libc.a(";
constexpr absl::string_view kStaticMember = ".o)";
// Functions without a symbol are called by their place (binalyzer).
constexpr absl::string_view kNameless = "sub_";

// What a module that looks names up in its own way imports of libc: it can ask
// for any function of a service.
bool IsLookupItself(absl::string_view name) {
  return absl::StartsWith(name, "__nss_") &&
         (absl::StrContains(name, "lookup") ||
          absl::StrContains(name, "next") ||
          absl::StrContains(name, "get_function"));
}

}  // namespace

Conditions::Conditions(const Program& program) : program_(program) {
  for (UnitId unit : program.modules()) {
    if (program.unit(unit).name() == kLibc) AddLibc(unit, true);
  }
  // Not of static programs that are linked already: any of their functions may
  // be the program's own, under a name that libc has, too.
  if (libc_.empty()) {
    static_ = true;
    for (UnitId unit = 0; unit < program.units().size(); ++unit) {
      absl::string_view name = program.unit(unit).name();
      if (absl::StartsWith(name, kStaticLibc) &&
          absl::EndsWith(name, kStaticMember)) {
        AddLibc(unit, false);
      }
    }
  }
  if (libc_.empty()) return;
  AddCalls();
  AddLookups();
  AddCatalogues();
}

void Conditions::AddLibc(UnitId unit, bool only_dynamic) {
  libc_.insert(unit);
  const facts::UnitView& view = program_.unit(unit);
  if (view.unit().symbols() == nullptr) return;
  for (uint32_t i = 0; i < view.unit().symbols()->size(); ++i) {
    const facts::Symbol& symbol = *view.unit().symbols()->Get(i);
    if (!symbol.defined() ||
        (only_dynamic && symbol.linkage() == facts::Linkage::internal)) {
      continue;
    }
    Functions& functions = named_[view.SymbolName(i)];
    for (FunctionId function : program_.target(unit, i).functions) {
      if (std::find(functions.begin(), functions.end(), function) ==
          functions.end()) {
        functions.push_back(function);
      }
    }
  }
}

const Conditions::Functions& Conditions::Named(absl::string_view name) const {
  static const auto* const kNobody = new Functions();
  auto found = named_.find(name);
  return found == named_.end() ? *kNobody : found->second;
}

ConditionId Conditions::AddCondition(
    absl::Span<const absl::string_view> functions) {
  // The shared libc has all that it ever exports. In a static one what nobody
  // asked for is missing, if the rest has names.
  for (absl::string_view name : functions) {
    if (!static_ && Named(name).empty()) return kNone;
  }
  const ConditionId id = count_++;
  for (absl::string_view name : functions) {
    for (FunctionId function : Named(name)) needed_[function].push_back(id);
  }
  return id;
}

ConditionId Conditions::ConditionOf(const ConditionalCall& entry) {
  if (entry.parameter < 0) return AddCondition(entry.condition);
  const ConditionId id = count_++;
  for (FunctionId function : Named(entry.from)) {
    arguments_[function].push_back(
        {.condition = id,
         .parameter = static_cast<uint32_t>(entry.parameter),
         .values = entry.values});
  }
  return id;
}

// Helpers of libc's own that call one of the functions.
Conditions::Functions Conditions::NamelessCallersOf(
    const Functions& callees) const {
  Functions found;
  for (const Body& body : program_.bodies()) {
    if (!libc_.contains(body.unit) || body.facts->calls() == nullptr ||
        !IsNameless(body.function)) {
      continue;
    }
    for (const facts::Call* call : *body.facts->calls()) {
      if (call->kind() != facts::CallKind::direct) continue;
      const Target& target = program_.target(body.unit, call->symbol());
      if (std::any_of(target.functions.begin(), target.functions.end(),
                      [&callees](FunctionId f) {
                        return std::find(callees.begin(), callees.end(), f) !=
                               callees.end();
                      })) {
        found.push_back(body.function);
        break;
      }
    }
  }
  return found;
}

void Conditions::AddCalls() {
  Functions all;
  for (const ConditionalCall& entry : ConditionalCalls()) {
    const Functions& callees = Named(entry.to);
    all.insert(all.end(), callees.begin(), callees.end());
  }
  // The whole program is looked through once.
  const Functions nameless = NamelessCallersOf(all);
  for (const ConditionalCall& entry : ConditionalCalls()) {
    const Functions& callers = Named(entry.from);
    const Functions& callees = Named(entry.to);
    if (callers.empty() || callees.empty()) continue;
    const ConditionId condition = ConditionOf(entry);
    if (condition == kNone) continue;
    Functions helpers;
    for (FunctionId helper : nameless) {
      const Functions called = CalleesOf(helper);
      if (std::find_first_of(called.begin(), called.end(), callees.begin(),
                             callees.end()) != called.end()) {
        helpers.push_back(helper);
      }
    }
    for (FunctionId from : callers) {
      for (FunctionId to : callees) calls_[{from, to}] = condition;
      for (FunctionId to : helpers) calls_.try_emplace({from, to}, condition);
    }
  }
}

absl::Span<const ArgumentCondition> Conditions::OnArguments(
    FunctionId function) const {
  auto found = arguments_.find(function);
  if (found == arguments_.end()) return {};
  return found->second;
}

bool Conditions::LooksUpItself() const {
  for (UnitId unit = 0; unit < program_.units().size(); ++unit) {
    const auto* symbols = program_.unit(unit).unit().symbols();
    if (libc_.contains(unit) || symbols == nullptr) continue;
    for (uint32_t i = 0; i < symbols->size(); ++i) {
      if (IsLookupItself(program_.unit(unit).SymbolName(i))) return true;
    }
  }
  return false;
}

// nss/nss_module.c (glibc 2.36): for the services that are in libc itself,
// module_load notes the addresses of all their functions, as it would find them
// by name in another library. They are called as those are: what a lookup asks
// for.
void Conditions::AddLookups() {
  if (LooksUpItself()) return;
  // By the function of the service: who asks for it.
  absl::flat_hash_map<absl::string_view, std::vector<absl::string_view>> askers;
  for (const NameLookup& lookup : NameLookups()) {
    for (absl::string_view function : lookup.called) {
      askers[function].push_back(lookup.function);
    }
  }
  for (const auto& [name, functions] : named_) {
    for (absl::string_view service : ServicesInLibc()) {
      const std::string prefix = absl::StrCat("_nss_", service, "_");
      if (!absl::StartsWith(name, prefix)) continue;
      auto asked = askers.find(name.substr(prefix.size()));
      if (asked == askers.end()) continue;
      const ConditionId condition = AddCondition(asked->second);
      if (condition == kNone) continue;
      for (FunctionId function : functions) addresses_[function] = condition;
    }
  }
}

bool Conditions::IsNameless(FunctionId function) const {
  return absl::StartsWith(program_.function(function).name, kNameless);
}

Conditions::Functions Conditions::CalleesOf(FunctionId function) const {
  Functions found;
  const Function& entry = program_.function(function);
  for (uint32_t i = 0; i < entry.body_count; ++i) {
    const Body& body = program_.body(entry.first_body + i);
    if (body.facts->calls() == nullptr) continue;
    for (const facts::Call* call : *body.facts->calls()) {
      if (call->kind() != facts::CallKind::direct) continue;
      const Target& target = program_.target(body.unit, call->symbol());
      found.insert(found.end(), target.functions.begin(),
                   target.functions.end());
    }
  }
  return found;
}

// intl/dcigettext.c (glibc 2.36): in the locale "C", which every program begins
// with, the message is its own translation, whatever LANGUAGE says; catalogues
// are looked for in others, which setlocale and newlocale alone make. The
// working folder is asked for if bindtextdomain gave a relative one.
void Conditions::AddCatalogues() {
  Functions gettext = Named("__dcigettext");
  if (Named("dcgettext").size() == 1 && gettext.empty()) {
    // Without a name: all that dcgettext calls.
    gettext = CalleesOf(Named("dcgettext")[0]);
  }
  if (gettext.size() != 1 || (!static_ && !IsNameless(gettext[0]))) {
    return;
  }
  const ConditionId locale = AddCondition({"setlocale", "newlocale"});
  const ConditionId folder =
      AddCondition({"bindtextdomain", "bind_textdomain_codeset"});
  if (locale == kNone || folder == kNone) return;
  const Functions& getcwd = Named("getcwd");
  for (FunctionId callee : CalleesOf(gettext[0])) {
    const absl::string_view name = program_.function(callee).name;
    // Those that call nothing read what the locale is.
    const bool looks = (IsNameless(callee) && !CalleesOf(callee).empty()) ||
                       name == "_nl_find_domain" || name == "_nl_find_msg";
    if (looks) calls_[{gettext[0], callee}] = locale;
    if (std::find(getcwd.begin(), getcwd.end(), callee) != getcwd.end()) {
      calls_[{gettext[0], callee}] = folder;
    }
  }
}

ConditionId Conditions::OfCall(FunctionId from, FunctionId to) const {
  if (calls_.empty()) return kNone;
  auto found = calls_.find({from, to});
  return found == calls_.end() ? kNone : found->second;
}

ConditionId Conditions::OfAddress(UnitId unit, FunctionId function) const {
  if (addresses_.empty() || !libc_.contains(unit)) return kNone;
  auto found = addresses_.find(function);
  return found == addresses_.end() ? kNone : found->second;
}

absl::Span<const ConditionId> Conditions::ThatNeed(FunctionId function) const {
  auto found = needed_.find(function);
  if (found == needed_.end()) return {};
  return found->second;
}

}  // namespace chestnut::callgraph
