#include "binalyzer/reconcile.h"

#include <elf.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "binalyzer/object_reconciler.h"
#include "flatbuffers/flatbuffers.h"

namespace chestnut::binalyzer {
namespace {

using facts::UnitView;
using Names = absl::flat_hash_set<absl::string_view>;

// The functions that a unit has facts of and that nothing but a strong
// definition can stand for.
void AddStrongFunctions(const UnitView& unit, Names& names) {
  if (unit.unit().functions() == nullptr) return;
  for (const facts::Function* function : *unit.unit().functions()) {
    const facts::Symbol* symbol =
        unit.unit().symbols()->Get(function->symbol());
    if (symbol->linkage() == facts::Linkage::external) {
      names.insert(unit.SymbolName(function->symbol()));
    }
  }
}

// The symbols that objects without facts of their own define.
Names AssemblySymbols(const std::vector<LinkedObject>& objects) {
  Names names;
  for (const LinkedObject& object : objects) {
    if (object.elf.type() != ET_REL) continue;
    for (const ElfSymbol& symbol : object.elf.symbols()) {
      if (symbol.defined() && !symbol.local()) names.insert(symbol.name);
    }
  }
  return names;
}

// The annotation unit without the functions that this link has not. A function
// that stays is defined by the unit, as its code has no other facts.
absl::StatusOr<UnitView> KeepLinked(const UnitView& unit, const Names& linked) {
  std::unique_ptr<facts::UnitT> copy(unit.unit().UnPack());
  std::erase_if(copy->functions, [&](const auto& function) {
    facts::SymbolT& symbol = *copy->symbols[function->symbol];
    symbol.defined = linked.contains(copy->strings[symbol.name]);
    return !symbol.defined;
  });
  flatbuffers::FlatBufferBuilder buffer;
  buffer.Finish(facts::Unit::Pack(buffer, copy.get()), facts::UnitIdentifier());
  return UnitView::Create(
      std::make_shared<const std::string>(
          reinterpret_cast<const char*>(buffer.GetBufferPointer()),
          buffer.GetSize()),
      unit.name());
}

LinkContext MakeContext(const std::vector<LinkedObject>& objects,
                        const ReconcileOptions& options) {
  LinkContext context;
  context.allow_unanalysed = options.allow_unanalysed;
  for (const UnitView& unit : options.annotations) {
    AddStrongFunctions(unit, context.annotated);
  }
  bool has_output = false;
  for (const LinkedObject& object : objects) {
    for (const UnitView& unit : object.units) {
      AddStrongFunctions(unit, context.annotated);
    }
    has_output |= object.elf.type() != ET_REL;
  }
  if (!has_output) return context;
  for (const LinkedObject& object : objects) {
    if (object.elf.type() != ET_REL) continue;
    for (const ElfSymbol& symbol : object.elf.symbols()) {
      if (symbol.defined()) context.foreign.insert(symbol.name);
    }
  }
  return context;
}

}  // namespace

absl::StatusOr<std::vector<UnitView>> Reconcile(
    const std::vector<LinkedObject>& objects, const ReconcileOptions& options) {
  const LinkContext context = MakeContext(objects, options);
  std::vector<UnitView> result;
  for (const LinkedObject& object : objects) {
    ObjectReconciler reconciler(object, context);
    if (absl::Status status = reconciler.Run(); !status.ok()) return status;
    if (absl::Status status = reconciler.Finish(result); !status.ok()) {
      return status;
    }
  }
  const Names linked = AssemblySymbols(objects);
  for (const UnitView& unit : options.annotations) {
    absl::StatusOr<UnitView> kept = KeepLinked(unit, linked);
    if (!kept.ok()) return kept.status();
    result.push_back(*std::move(kept));
  }
  return result;
}

}  // namespace chestnut::binalyzer
