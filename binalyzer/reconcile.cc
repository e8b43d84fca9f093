#include "binalyzer/reconcile.h"

#include <elf.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "binalyzer/object_code.h"
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

// The symbols that objects define for the whole link.
Names LinkedSymbols(const std::vector<LinkedObject>& objects) {
  Names names;
  for (const LinkedObject& object : objects) {
    for (const ElfSymbol& symbol : object.elf.symbols()) {
      if (symbol.defined() && !symbol.local()) names.insert(symbol.name);
    }
  }
  return names;
}

// The functions that the objects' own facts have bodies of.
Names KnownFunctions(const std::vector<LinkedObject>& objects) {
  Names names;
  for (const LinkedObject& object : objects) {
    for (const UnitView& unit : object.units) {
      if (unit.unit().functions() == nullptr) continue;
      for (const facts::Function* function : *unit.unit().functions()) {
        names.insert(unit.SymbolName(function->symbol()));
      }
    }
  }
  return names;
}

absl::StatusOr<UnitView> Pack(const facts::UnitT& unit,
                              absl::string_view name) {
  flatbuffers::FlatBufferBuilder buffer;
  buffer.Finish(facts::Unit::Pack(buffer, &unit), facts::UnitIdentifier());
  return UnitView::Create(
      std::make_shared<const std::string>(
          reinterpret_cast<const char*>(buffer.GetBufferPointer()),
          buffer.GetSize()),
      name);
}

// The annotation unit without the functions that this link has not. A function
// that stays is defined by the unit, as its code has no other facts.
absl::StatusOr<UnitView> KeepAssembly(const UnitView& unit, const Names& linked,
                                      const Names& known) {
  std::unique_ptr<facts::UnitT> copy(unit.unit().UnPack());
  std::erase_if(copy->functions, [&](const auto& function) {
    facts::SymbolT& symbol = *copy->symbols[function->symbol];
    const std::string& name = copy->strings[symbol.name];
    symbol.defined = linked.contains(name) && !known.contains(name);
    return !symbol.defined;
  });
  return Pack(*copy, unit.name());
}

LinkContext MakeContext(const std::vector<LinkedObject>& objects,
                        const std::vector<UnitView>& annotations) {
  LinkContext context;
  for (const UnitView& unit : annotations) {
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
    const std::vector<LinkedObject>& objects,
    const std::vector<UnitView>& annotations) {
  const LinkContext context = MakeContext(objects, annotations);
  std::vector<UnitView> result;
  for (const LinkedObject& object : objects) {
    if (object.units.empty() && object.elf.type() == ET_REL) {
      absl::StatusOr<UnitView> unit = ObjectCode(object, context.annotated);
      if (!unit.ok()) return unit.status();
      result.push_back(*std::move(unit));
      continue;
    }
    ObjectReconciler reconciler(object, context);
    reconciler.Run();
    if (absl::Status status = reconciler.Finish(result); !status.ok()) {
      return status;
    }
  }
  const Names linked = LinkedSymbols(objects);
  const Names known = KnownFunctions(objects);
  for (const UnitView& unit : annotations) {
    absl::StatusOr<UnitView> kept = KeepAssembly(unit, linked, known);
    if (!kept.ok()) return kept.status();
    result.push_back(*std::move(kept));
  }
  return result;
}

}  // namespace chestnut::binalyzer
