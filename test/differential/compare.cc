#include "test/differential/compare.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "facts/builder.h"
#include "test/differential/exceptions.h"
#include "test/differential/facts_index.h"
#include "test/differential/names.h"

namespace chestnut::differential {
namespace {

bool Intersect(const SymbolSet& a, const SymbolSet& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](uint32_t symbol) { return b.contains(symbol); });
}

bool IsDestructor(absl::string_view name) {
  return absl::StartsWith(name, "_Z") &&
         (absl::StrContains(name, "D0Ev") || absl::StrContains(name, "D1Ev") ||
          absl::StrContains(name, "D2Ev"));
}

bool IsThunk(absl::string_view name) {
  return absl::StartsWith(name, "_ZTh") || absl::StartsWith(name, "_ZTv") ||
         absl::StartsWith(name, "_ZTc");
}

class Comparer {
 public:
  Comparer(const IrUnit& ir, const facts::UnitView& view)
      : ir_(ir), facts_(view), lines_(FindClosureLines(ir)) {
    for (const Definition& definition : ir.definitions) {
      definitions_[definition.name] = &definition;
    }
    auto refer = [&](const std::string& name) { referenced_.insert(name); };
    for (const Definition& definition : ir.definitions) {
      for (const Edge& edge : definition.edges) refer(edge.symbol);
    }
    for (const auto* roots : {&ir.constructors, &ir.destructors, &ir.used}) {
      for (const std::string& root : *roots) refer(root);
    }
    for (const Alias& alias : ir.aliases) {
      refer(alias.target);
      auto target = definitions_.find(alias.target);
      if (target != definitions_.end() && !alias.is_ifunc) {
        definitions_.emplace(alias.name, target->second);
      }
    }
  }

  Comparison Run() {
    for (const Definition& definition : ir_.definitions) {
      CompareDefinition(definition);
    }
    for (const Alias& alias : ir_.aliases) CompareAlias(alias);
    CompareRoots("<constructors>", facts::RootKind::constructor,
                 ir_.constructors);
    CompareRoots("<destructors>", facts::RootKind::destructor, ir_.destructors);
    CompareRoots("<used>", facts::RootKind::used, ir_.used);
    for (const Missing& missing : missing_) out_.missing.push_back(missing);
    return std::move(out_);
  }

 private:
  SymbolSet Find(absl::string_view name) const {
    return facts_.Find(name, lines_);
  }

  // A compiler-made definition that the facts do not have.
  const Folded* FoldedHere(absl::string_view name) const {
    const Folded* folded = FindFolded(name);
    if (folded == nullptr || facts_.Node(Find(name)) != nullptr) return nullptr;
    return folded;
  }

  void CompareDefinition(const Definition& definition) {
    if (FoldedHere(definition.name) != nullptr) return;
    if (definition.edges.empty() && !definition.is_function) return;
    if (definition.is_internal && !referenced_.contains(definition.name)) {
      Except("internal and referred to by nothing");
      return;
    }
    const FactNode* node = facts_.Node(Find(definition.name));
    ++(definition.is_function ? out_.functions : out_.objects);
    if (node == nullptr) {
      Miss(definition.name, definition.name, "definition");
      return;
    }
    CompareLinkage(definition);
    CompareEdges(definition.name, definition.edges, *node);
  }

  // Links fail over a weak definition that counts as strong; the other way
  // round one may hide another.
  void CompareLinkage(const Definition& definition) {
    if (definition.is_internal) return;
    const bool is_strong = facts_.IsStrong(Find(definition.name));
    if (is_strong != definition.is_weak) return;
    if (IsThunk(definition.name) && !is_strong) {
      Except("thunk: the facts have it with each vtable");
      return;
    }
    Miss(definition.name, definition.name,
         is_strong ? "weak linkage" : "strong linkage");
  }

  void CompareEdges(const std::string& from, const std::vector<Edge>& edges,
                    const FactNode& node) {
    std::set<std::string> unfolding;
    for (const Edge& edge : edges) CompareEdge(from, edge, node, unfolding);
  }

  void CompareEdge(const std::string& from, const Edge& edge,
                   const FactNode& node, std::set<std::string>& unfolding) {
    if (const Ignored* ignored = FindIgnored(edge.symbol)) {
      ++out_.excepted[std::string(ignored->reason)];
      return;
    }
    if (HasEdge(edge, node)) {
      ++out_.edges;
      return;
    }
    if (const Folded* folded = FoldedHere(edge.symbol)) {
      if (!unfolding.insert(edge.symbol).second) return;
      ++out_.excepted[std::string(folded->reason)];
      auto definition = definitions_.find(edge.symbol);
      if (definition == definitions_.end()) return;
      for (const Edge& inner : definition->second->edges) {
        CompareEdge(from, inner, node, unfolding);
      }
      return;
    }
    ++out_.edges;
    if (IsExcepted(edge, node)) return;
    // D0 calls D1, D1 calls D2: one function in facts.
    if (edge.kind == EdgeKind::kCall && from != edge.symbol &&
        Intersect(Find(from), Find(edge.symbol))) {
      Except("variants of one constructor or destructor");
      return;
    }
    Miss(from, edge.symbol, std::string(EdgeKindName(edge.kind)));
  }

  bool HasEdge(const Edge& edge, const FactNode& node) const {
    SymbolSet symbols = Find(edge.symbol);
    switch (edge.kind) {
      case EdgeKind::kCall:
        return Intersect(symbols, node.calls) ||
               Intersect(symbols, node.virtuals);
      case EdgeKind::kAddress:
        return Intersect(symbols, node.addresses);
      case EdgeKind::kObject:
        return Intersect(symbols, node.objects);
    }
    return false;
  }

  bool IsExcepted(const Edge& edge, const FactNode& node) {
    SymbolSet symbols = Find(edge.symbol);
    if (edge.kind == EdgeKind::kAddress && Intersect(symbols, node.calls)) {
      if (const Registrar* registrar = FindRegistrar(edge.passed_to)) {
        return Except(registrar->reason);
      }
    }
    if (const Bundled* bundled = FindBundled(edge.symbol)) {
      SymbolSet bundle = Find(bundled->bundle);
      const FactNode* inner = facts_.Node(bundle);
      if (inner != nullptr && Intersect(bundle, node.calls) &&
          Intersect(symbols, inner->calls)) {
        return Except(bundled->reason);
      }
    }
    // The compiler puts the base's destructor in place of one that does no
    // more than that (-mconstructor-aliases).
    if (IsDestructor(edge.symbol)) {
      SymbolSet seen;
      const SymbolSet& first =
          edge.kind == EdgeKind::kCall || FindRegistrar(edge.passed_to)
              ? node.calls
              : node.addresses;
      if (ReachesByDestructors(first, symbols, seen)) {
        return Except("base's destructor in place of the derived one");
      }
    }
    return false;
  }

  bool ReachesByDestructors(const SymbolSet& from, const SymbolSet& to,
                            SymbolSet& seen) const {
    for (uint32_t symbol : from) {
      if (!IsDestructor(facts_.Name(symbol)) || !seen.insert(symbol).second) {
        continue;
      }
      const FactNode* node = facts_.Node({symbol});
      if (node == nullptr) continue;
      if (Intersect(node->calls, to) ||
          ReachesByDestructors(node->calls, to, seen)) {
        return true;
      }
    }
    return false;
  }

  void CompareAlias(const Alias& alias) {
    if (FoldedHere(alias.name) != nullptr) return;
    ++out_.edges;
    SymbolSet names = Find(alias.name);
    SymbolSet targets = Find(alias.target);
    if (!alias.is_ifunc) {
      SymbolSet seen;
      if (!Intersect(names, targets) &&
          !ReachesByDestructors(names, targets, seen)) {
        Miss(alias.name, alias.target, "alias");
      }
      return;
    }
    SymbolSet resolvers;
    for (uint32_t symbol : names) resolvers.insert(facts_.Resolver(symbol));
    if (!Intersect(resolvers, targets)) {
      Miss(alias.name, alias.target, "resolver");
    }
  }

  // Roots that the compiler made count by what they refer to, whatever the
  // facts call theirs.
  void CompareRoots(const std::string& from, facts::RootKind kind,
                    const std::vector<std::string>& symbols) {
    SymbolSet roots = facts_.Roots(kind);
    FactNode node;
    node.calls = roots;
    node.addresses = roots;
    node.objects = roots;
    if (const FactNode* content = facts_.Node(roots)) node.Merge(*content);
    std::vector<Edge> edges;
    for (const std::string& symbol : symbols) {
      auto definition = definitions_.find(symbol);
      bool object =
          definition != definitions_.end() && !definition->second->is_function;
      edges.push_back(
          {object ? EdgeKind::kObject : EdgeKind::kCall, symbol, ""});
    }
    CompareEdges(from, edges, node);
  }

  bool Except(absl::string_view reason) {
    ++out_.excepted[std::string(reason)];
    return true;
  }

  void Miss(std::string from, std::string symbol, std::string kind) {
    missing_.insert({std::move(from), std::move(symbol), std::move(kind)});
  }

  const IrUnit& ir_;
  FactsIndex facts_;
  ClosureLines lines_;
  std::set<std::string> referenced_;  // by anything in the IR
  std::map<std::string, const Definition*, std::less<>> definitions_;
  std::set<Missing> missing_;
  Comparison out_;
};

}  // namespace

std::string Missing::Text() const {
  return absl::StrCat(from, " -> ", symbol, " (", kind, ")");
}

void Comparison::Merge(const Comparison& other) {
  functions += other.functions;
  objects += other.objects;
  edges += other.edges;
  missing.insert(missing.end(), other.missing.begin(), other.missing.end());
  for (const auto& [reason, count] : other.excepted) excepted[reason] += count;
}

Comparison Compare(const IrUnit& ir, const facts::UnitView& facts) {
  return Comparer(ir, facts).Run();
}

}  // namespace chestnut::differential
