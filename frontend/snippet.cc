#include "frontend/snippet.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "clang/Frontend/ASTUnit.h"
#include "clang/Tooling/Tooling.h"
#include "facts/container.h"
#include "facts/dump.h"
#include "frontend/compile.h"
#include "frontend/unit.h"

namespace chestnut::frontend {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "snippet: %s\n", message.c_str());
  std::abort();
}

SnippetFacts FactsOf(const std::string& source, Texts flags,
                     const std::string& file) {
  absl::StatusOr<std::string> resources = ResourceFolder();
  if (!resources.ok()) Die(std::string(resources.status().message()));
  flags.push_back("-resource-dir=" + *resources);
  flags.push_back("-w");
  std::unique_ptr<clang::ASTUnit> unit =
      clang::tooling::buildASTFromCodeWithArgs(source, flags, file);
  if (unit == nullptr || unit->getDiagnostics().hasErrorOccurred()) {
    Die("does not compile: " + source);
  }
  absl::StatusOr<std::string> facts =
      CollectFacts(unit->getASTContext(), Options());
  if (!facts.ok()) Die(std::string(facts.status().message()));
  auto units = facts::ParseUnits(*facts, file);
  if (!units.ok()) Die(std::string(units.status().message()));
  return SnippetFacts(Json::parse(facts::DumpJson(units->front())));
}

Texts AllTexts(const Json& list) {
  Texts out;
  for (const Json& one : list) out.push_back(one.get<std::string>());
  return out;
}

}  // namespace

const Json* SnippetFacts::Entry(const std::string& name) const {
  for (const char* table : {"functions", "objects"}) {
    if (!facts_.contains(table)) continue;
    for (const Json& entry : facts_[table]) {
      if (entry["name"] == name) return &entry;
    }
  }
  return nullptr;
}

bool SnippetFacts::Has(const std::string& entry) const {
  return Entry(entry) != nullptr;
}

Texts SnippetFacts::Calls(const std::string& function) const {
  Texts out;
  const Json* entry = Entry(function);
  if (entry == nullptr || !entry->contains("calls")) return out;
  for (const Json& call : (*entry)["calls"]) {
    out.push_back(call["call"].get<std::string>());
  }
  return out;
}

Texts SnippetFacts::Arguments(const std::string& function,
                              const std::string& target) const {
  const Json* entry = Entry(function);
  if (entry == nullptr || !entry->contains("calls")) return {"no such call"};
  for (const Json& call : (*entry)["calls"]) {
    if (call["call"] != target) continue;
    return call.contains("arguments") ? AllTexts(call["arguments"]) : Texts();
  }
  return {"no such call"};
}

Texts SnippetFacts::Numbers(const std::string& function) const {
  Texts out;
  const Json* entry = Entry(function);
  if (entry == nullptr || !entry->contains("sites")) return out;
  for (const Json& site : (*entry)["sites"]) {
    out.push_back(site["number"].get<std::string>());
  }
  return out;
}

Texts SnippetFacts::SiteArguments(const std::string& function) const {
  const Json* entry = Entry(function);
  if (entry == nullptr || !entry->contains("sites")) return {};
  return AllTexts((*entry)["sites"][0]["arguments"]);
}

Texts SnippetFacts::Of(const std::string& name, const std::string& list) const {
  const Json* entry = Entry(name);
  if (entry == nullptr || !entry->contains(list)) return {};
  return AllTexts((*entry)[list]);
}

Texts SnippetFacts::Roots() const {
  Texts out;
  if (!facts_.contains("roots")) return out;
  for (const Json& root : facts_["roots"]) {
    int priority = root.contains("priority") ? root["priority"].get<int>() : 0;
    out.push_back(root["kind"].get<std::string>() + " " +
                  root["symbol"].get<std::string>() + " " +
                  std::to_string(priority));
  }
  return out;
}

std::string SnippetFacts::Symbol(const std::string& name,
                                 const std::string& field) const {
  if (!facts_.contains("symbols")) return "";
  for (const Json& symbol : facts_["symbols"]) {
    if (symbol["name"] == name) {
      return symbol.contains(field) ? symbol[field].get<std::string>() : "";
    }
  }
  return "";
}

SnippetFacts FactsOfC(const std::string& source, const Texts& flags) {
  Texts all = {"-std=gnu11"};
  all.insert(all.end(), flags.begin(), flags.end());
  return FactsOf(source, std::move(all), "test.c");
}

SnippetFacts FactsOfCxx(const std::string& source, const Texts& flags) {
  Texts all = {"-std=gnu++20"};
  all.insert(all.end(), flags.begin(), flags.end());
  return FactsOf(source, std::move(all), "test.cc");
}

}  // namespace chestnut::frontend
