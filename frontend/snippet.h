// For tests: the facts of a few lines of source, as texts that a test can
// compare.
#ifndef CHESTNUT_FRONTEND_SNIPPET_H_
#define CHESTNUT_FRONTEND_SNIPPET_H_

#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace chestnut::frontend {

using Texts = std::vector<std::string>;

// The facts of one unit in the notation of facts/dump.h.
class SnippetFacts {
 public:
  explicit SnippetFacts(nlohmann::ordered_json facts)
      : facts_(std::move(facts)) {}

  // Targets of the calls of a function, in order: a name, `*(value) as key`, or
  // `virtual method`.
  Texts Calls(const std::string& function) const;
  // The arguments of the first call of `target` in `function`.
  Texts Arguments(const std::string& function, const std::string& target) const;
  // Numbers of the system call sites, and the six arguments of the first.
  Texts Numbers(const std::string& function) const;
  Texts SiteArguments(const std::string& function) const;
  // A list of a function or object: flows, address_taken, methods_taken,
  // objects, casts, conversions, opened, overrides.
  Texts Of(const std::string& entry, const std::string& list) const;
  // "kind name priority" of each root.
  Texts Roots() const;
  // A field of a defined symbol, such as linkage or alias_of; "" without.
  std::string Symbol(const std::string& name, const std::string& field) const;
  bool Has(const std::string& entry) const;
  const nlohmann::ordered_json& json() const { return facts_; }

 private:
  const nlohmann::ordered_json* Entry(const std::string& name) const;

  nlohmann::ordered_json facts_;
};

// Facts of `source` as C (gnu11) or C++ (gnu++20), plus `flags`. A source with
// errors ends the test program with them.
SnippetFacts FactsOfC(const std::string& source, const Texts& flags = {});
SnippetFacts FactsOfCxx(const std::string& source, const Texts& flags = {});

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_SNIPPET_H_
