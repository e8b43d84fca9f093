#include "frontend/vtables.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/VTTBuilder.h"
#include "clang/AST/VTableBuilder.h"
#include "frontend/calls.h"
#include "frontend/function.h"
#include "frontend/objects.h"

namespace chestnut::frontend {
namespace {

using clang::CXXMethodDecl;
using clang::CXXRecordDecl;
using clang::GlobalDecl;
using clang::VTableComponent;

// The method with everything it overrides, directly or not.
void AddOverridden(const CXXMethodDecl* method,
                   std::set<const CXXMethodDecl*>& out) {
  if (!out.insert(method->getCanonicalDecl()).second) return;
  for (const CXXMethodDecl* base : method->overridden_methods()) {
    AddOverridden(base, out);
  }
}

class VTableRecorder {
 public:
  explicit VTableRecorder(UnitTables& unit) : unit_(unit) {}

  void Record(const clang::VTableLayout& layout, Scope& scope,
              std::vector<facts::Override>& overrides) {
    auto components = layout.vtable_components();
    auto thunk = layout.vtable_thunks().begin();
    auto thunks_end = layout.vtable_thunks().end();
    for (size_t i = 0; i < components.size(); ++i) {
      while (thunk != thunks_end && thunk->first < i) ++thunk;
      const clang::ThunkInfo* adjusted =
          thunk != thunks_end && thunk->first == i ? &thunk->second : nullptr;
      Component(components[i], adjusted, scope);
    }
    for (auto [method, overrider] : found_) {
      overrides.emplace_back(method, overrider);
    }
  }

 private:
  void Component(const VTableComponent& component,
                 const clang::ThunkInfo* thunk, Scope& scope) {
    if (component.isRTTIKind()) {
      if (unit_.ast.getLangOpts().RTTI) {
        scope.Refer(unit_.symbols.TypeInfo(
            unit_.ast.getTypeDeclType(component.getRTTIDecl())));
      }
      return;
    }
    if (!component.isUsedFunctionPointerKind()) return;
    GlobalDecl slot = component.getGlobalDecl();
    const auto* method = llvm::cast<CXXMethodDecl>(slot.getDecl());
    uint32_t overrider;
    if (method->isPureVirtual()) {
      overrider = unit_.symbols.Runtime("__cxa_pure_virtual");
    } else if (method->isDeleted()) {
      overrider = unit_.symbols.Runtime("__cxa_deleted_virtual");
    } else if (thunk != nullptr) {
      overrider = Thunk(slot, *thunk);
    } else {
      overrider = unit_.symbols.Function(method);
    }
    std::set<const CXXMethodDecl*> methods;
    AddOverridden(method, methods);
    for (const CXXMethodDecl* named : methods) {
      found_.emplace(unit_.builder.String(unit_.names.Function(named)),
                     overrider);
    }
  }

  // A function of its own that adjusts `this` or the result.
  uint32_t Thunk(GlobalDecl slot, const clang::ThunkInfo& thunk) {
    std::string name = unit_.names.Thunk(slot, thunk);
    auto [it, added] = unit_.thunks.try_emplace(name, 0);
    if (!added) return it->second;
    const auto* method = llvm::cast<CXXMethodDecl>(slot.getDecl());
    bool internal = !method->isExternallyVisible();
    uint32_t symbol = unit_.symbols.Define(
        name, internal ? facts::Linkage::internal : facts::Linkage::linkonce,
        facts::SymbolType::function);
    unit_.thunks[name] = symbol;
    Body body(unit_, nullptr);
    std::vector<uint32_t> arguments = {unit_.builder.Unknown("pointer")};
    for (unsigned i = 0; i < method->getNumParams(); ++i) {
      arguments.push_back(unit_.builder.Parameter(i + 1));
    }
    RecordImplicitCall(body, method, std::move(arguments),
                       method->getLocation());
    AddMadeFunction(unit_, symbol, body.scope);
    return symbol;
  }

  UnitTables& unit_;
  std::set<std::pair<uint32_t, uint32_t>> found_;
};

void AddVTable(UnitTables& unit, const clang::VTableLayout& layout,
               uint32_t symbol) {
  auto object = std::make_unique<facts::DataObjectT>();
  object->symbol = symbol;
  Scope scope;
  VTableRecorder(unit).Record(layout, scope, object->overrides);
  scope.Finish(*object);
  unit.builder.unit().objects.push_back(std::move(object));
}

// The class of the run-time library whose vtable type information of this kind
// points to.
const char* TypeInfoClass(clang::QualType type) {
  if (type->isMemberPointerType()) return "25__pointer_to_member_type_info";
  if (type->isAnyPointerType()) return "19__pointer_type_info";
  if (type->isFunctionType()) return "20__function_type_info";
  if (type->isArrayType()) return "17__array_type_info";
  if (type->isEnumeralType()) return "16__enum_type_info";
  const CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record == nullptr) return "23__fundamental_type_info";
  if (!record->hasDefinition() || record->getNumBases() == 0) {
    return "17__class_type_info";
  }
  const clang::CXXBaseSpecifier& first = *record->bases_begin();
  bool single = record->getNumBases() == 1 && !first.isVirtual() &&
                first.getAccessSpecifier() == clang::AS_public;
  return single ? "20__si_class_type_info" : "21__vmi_class_type_info";
}

}  // namespace

void CollectVTable(UnitTables& unit, const CXXRecordDecl* record,
                   uint32_t symbol) {
  auto& tables =
      *llvm::cast<clang::ItaniumVTableContext>(unit.ast.getVTableContext());
  AddVTable(unit, tables.getVTableLayout(record), symbol);
}

void CollectVtt(UnitTables& unit, const CXXRecordDecl* record,
                uint32_t symbol) {
  auto& tables =
      *llvm::cast<clang::ItaniumVTableContext>(unit.ast.getVTableContext());
  clang::VTTBuilder builder(unit.ast, record, /*GenerateDefinition=*/true);
  facts::Linkage linkage = unit.builder.unit().symbols[symbol]->linkage;
  Scope scope;
  scope.Refer(unit.symbols.VTable(record));
  for (const clang::VTTVTable& table : builder.getVTTVTables()) {
    if (table.getBase() == record) continue;
    int64_t offset = table.getBaseOffset().getQuantity();
    std::string name =
        unit.names.ConstructionVTable(record, offset, table.getBase());
    uint32_t part =
        unit.symbols.Define(name, linkage, facts::SymbolType::object);
    scope.Refer(part);
    std::unique_ptr<clang::VTableLayout> layout =
        tables.createConstructionVTableLayout(
            table.getBase(), table.getBaseOffset(), table.isVirtual(), record);
    AddVTable(unit, *layout, part);
  }
  AddObject(unit, symbol, scope);
}

void CollectTypeInfo(UnitTables& unit, clang::QualType type, uint32_t symbol) {
  Scope scope;
  std::string table = std::string("_ZTVN10__cxxabiv1") + TypeInfoClass(type);
  scope.Refer(unit.symbols.Named(table + "E", facts::SymbolType::object,
                                 /*weak=*/true));
  if (const auto* member = type->getAs<clang::MemberPointerType>()) {
    scope.Refer(unit.symbols.TypeInfo(clang::QualType(member->getClass(), 0)));
  }
  if (!type->getPointeeType().isNull()) {
    scope.Refer(unit.symbols.TypeInfo(type->getPointeeType()));
  }
  const CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record != nullptr && record->hasDefinition()) {
    for (const clang::CXXBaseSpecifier& base : record->bases()) {
      scope.Refer(unit.symbols.TypeInfo(base.getType()));
    }
  }
  AddObject(unit, symbol, scope);
}

}  // namespace chestnut::frontend
