#include "frontend/symbols.h"

#include <utility>

#include "clang/AST/Attr.h"
#include "frontend/types.h"

namespace chestnut::frontend {
namespace {

using clang::FunctionDecl;
using clang::ValueDecl;
using clang::VarDecl;
using facts::Linkage;
using facts::SymbolType;

Linkage FromGva(clang::GVALinkage linkage) {
  switch (linkage) {
    case clang::GVA_Internal:
      return Linkage::internal;
    case clang::GVA_AvailableExternally:
    case clang::GVA_DiscardableODR:
    case clang::GVA_StrongODR:
      return Linkage::linkonce;
    case clang::GVA_StrongExternal:
      return Linkage::external;
  }
  return Linkage::external;
}

bool IsWeak(const ValueDecl* declaration) {
  return declaration->hasAttr<clang::WeakAttr>() ||
         declaration->hasAttr<clang::WeakRefAttr>();
}

// The body that a reference in this unit reaches, if the unit has one.
const FunctionDecl* BodyOf(const FunctionDecl* function) {
  const FunctionDecl* definition = nullptr;
  if (!function->isDefined(definition) || definition == nullptr) return nullptr;
  if (definition->isDependentContext() || definition->isInvalidDecl() ||
      definition->isDeleted() || definition->isImmediateFunction()) {
    return nullptr;
  }
  return definition->hasBody() ? definition : nullptr;
}

// The name that a weakref declaration stands for.
const clang::AliasAttr* WeakReference(const ValueDecl* declaration) {
  return declaration->hasAttr<clang::WeakRefAttr>()
             ? declaration->getAttr<clang::AliasAttr>()
             : nullptr;
}

bool IsInternal(const ValueDecl* declaration) {
  return !declaration->isExternallyVisible();
}

}  // namespace

Symbols::Symbols(clang::ASTContext& ast, facts::FactsBuilder& builder,
                 Names& names, bool common)
    : ast_(ast), builder_(builder), names_(names), common_(common) {}

uint32_t Symbols::New(llvm::StringRef name, SymbolType type, Linkage linkage) {
  auto symbol = std::make_unique<facts::SymbolT>();
  symbol->name = builder_.String(absl::string_view(name.data(), name.size()));
  symbol->linkage = linkage;
  symbol->type = type;
  builder_.unit().symbols.push_back(std::move(symbol));
  return static_cast<uint32_t>(builder_.unit().symbols.size() - 1);
}

uint32_t Symbols::External(llvm::StringRef name, SymbolType type,
                           Linkage linkage) {
  auto [it, added] = by_name_.try_emplace(name, 0);
  if (added) {
    it->second = New(name, type, linkage);
  } else if (At(it->second).linkage == Linkage::weak &&
             !At(it->second).defined && linkage == Linkage::external) {
    At(it->second).linkage = linkage;
  }
  return it->second;
}

uint32_t Symbols::Internal(std::string name, SymbolType type) {
  // Static locals of one name in one C function, lambdas of one macro line.
  unsigned number = internal_names_[name]++;
  if (number > 0) name += "." + std::to_string(number);
  return New(name, type, Linkage::internal);
}

uint32_t Symbols::Named(llvm::StringRef name, SymbolType type, bool weak) {
  return External(name, type, weak ? Linkage::weak : Linkage::external);
}

uint32_t Symbols::Define(llvm::StringRef name, Linkage linkage,
                         SymbolType type) {
  uint32_t symbol = linkage == Linkage::internal
                        ? Internal(name.str(), type)
                        : External(name, type, linkage);
  SetDefined(symbol, linkage);
  return symbol;
}

void Symbols::SetDefined(uint32_t symbol, Linkage linkage) {
  At(symbol).defined = true;
  At(symbol).linkage = linkage;
}

uint32_t Symbols::ForDeclaration(const ValueDecl* declaration, bool internal,
                                 std::string name, SymbolType type) {
  if (internal) return Internal(std::move(name), type);
  return External(name, type,
                  IsWeak(declaration) ? Linkage::weak : Linkage::external);
}

void Symbols::AddVariants(const FunctionDecl* function, uint32_t symbol,
                          bool internal) {
  llvm::SmallVector<clang::GlobalDecl, 3> variants;
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructorDecl>(function)) {
    variants.emplace_back(made, clang::Ctor_Base);
  } else if (const auto* gone =
                 llvm::dyn_cast<clang::CXXDestructorDecl>(function)) {
    variants.emplace_back(gone, clang::Dtor_Base);
    if (gone->isVirtual()) variants.emplace_back(gone, clang::Dtor_Deleting);
  }
  for (clang::GlobalDecl variant : variants) {
    uint32_t other = ForDeclaration(function, internal, names_.Variant(variant),
                                    SymbolType::function);
    At(other).alias_of = symbol;
    At(other).defined = At(symbol).defined;
    At(other).linkage = At(symbol).linkage;
  }
}

bool Symbols::ApplyAlias(const ValueDecl* declaration, uint32_t symbol) {
  std::string target;
  bool ifunc = false;
  if (const auto* alias = declaration->getAttr<clang::AliasAttr>()) {
    target = alias->getAliasee().str();
  } else if (const auto* chosen = declaration->getAttr<clang::IFuncAttr>()) {
    target = chosen->getResolver().str();
    ifunc = true;
  } else {
    return false;
  }
  SetDefined(symbol, IsInternal(declaration) ? Linkage::internal
                     : IsWeak(declaration)   ? Linkage::weak
                                             : Linkage::external);
  aliases_.push_back({symbol, std::move(target), ifunc});
  return true;
}

void Symbols::ResolveAlias(const Alias& alias, uint32_t target) {
  if (alias.ifunc) {
    At(alias.symbol).ifunc_resolver = target;
  } else if (target != alias.symbol) {
    At(alias.symbol).alias_of = target;
  }
}

uint32_t Symbols::Function(const FunctionDecl* function) {
  const clang::Decl* key = function->getCanonicalDecl();
  auto cached = by_declaration_.find(key);
  if (cached != by_declaration_.end()) return cached->second;
  // Attributes gather on the latest declaration.
  function = function->getMostRecentDecl();
  if (const auto* target = WeakReference(function)) {
    return by_declaration_[key] =
               Named(target->getAliasee(), SymbolType::function, true);
  }
  bool internal = IsInternal(function);
  uint32_t symbol = ForDeclaration(
      function, internal, names_.Function(function), SymbolType::function);
  by_declaration_[key] = symbol;
  if (ApplyAlias(function, symbol)) return symbol;
  if (const FunctionDecl* body = BodyOf(function)) {
    DefineFunction(body, symbol);
  }
  AddVariants(function, symbol, internal);
  return symbol;
}

void Symbols::DefineFunction(const FunctionDecl* body, uint32_t symbol) {
  Linkage linkage = FromGva(ast_.GetGVALinkageForFunction(body));
  if (IsWeak(body->getMostRecentDecl()) && linkage == Linkage::external) {
    linkage = Linkage::weak;
  }
  if (!At(symbol).defined || At(symbol).linkage == Linkage::linkonce) {
    SetDefined(symbol, linkage);
  }
  pending_.push_back({symbol, body});
}

uint32_t Symbols::Variable(const VarDecl* variable) {
  const clang::Decl* key = variable->getCanonicalDecl();
  auto cached = by_declaration_.find(key);
  if (cached != by_declaration_.end()) return cached->second;
  variable = variable->getMostRecentDecl();
  if (const auto* target = WeakReference(variable)) {
    return by_declaration_[key] =
               Named(target->getAliasee(), SymbolType::object, true);
  }
  uint32_t symbol =
      ForDeclaration(variable, IsInternal(variable), names_.Variable(variable),
                     SymbolType::object);
  by_declaration_[key] = symbol;
  At(symbol).thread_local_ = variable->getTLSKind() != VarDecl::TLS_None;
  if (ApplyAlias(variable, symbol)) return symbol;
  DefineVariable(variable, symbol);
  return symbol;
}

void Symbols::DefineVariable(const VarDecl* variable, uint32_t symbol) {
  const VarDecl* definition = variable->getDefinition();
  bool tentative = false;
  if (definition == nullptr) {
    definition = const_cast<VarDecl*>(variable)->getActingDefinition();
    tentative = definition != nullptr;
  }
  if (definition == nullptr || definition->isInvalidDecl()) return;
  Linkage linkage = FromGva(ast_.GetGVALinkageForVariable(definition));
  if (linkage == Linkage::external && IsWeak(variable)) {
    linkage = Linkage::weak;
  } else if (linkage == Linkage::external && tentative &&
             !ast_.getLangOpts().CPlusPlus && common_) {
    linkage = Linkage::common;
  }
  SetDefined(symbol, linkage);
  pending_.push_back({symbol, definition});
}

bool EmitsVTable(clang::ASTContext& ast, const clang::CXXRecordDecl* record) {
  switch (record->getTemplateSpecializationKind()) {
    case clang::TSK_ExplicitInstantiationDeclaration:
      return false;
    case clang::TSK_ImplicitInstantiation:
    case clang::TSK_ExplicitInstantiationDefinition:
      return true;
    case clang::TSK_Undeclared:
    case clang::TSK_ExplicitSpecialization:
      break;
  }
  const clang::CXXMethodDecl* key = ast.getCurrentKeyFunction(record);
  return key == nullptr || key->hasBody();
}

namespace {

// Linkage of a class's vtable, VTT and type information, if emitted here.
Linkage ClassLinkage(clang::ASTContext& ast,
                     const clang::CXXRecordDecl* record) {
  if (!record->isExternallyVisible()) return Linkage::internal;
  const clang::FunctionDecl* key = ast.getCurrentKeyFunction(record);
  // Headers may say "inline" where it is defined only, behind the class.
  if (key != nullptr) key->hasBody(key);
  bool strong =
      key != nullptr &&
      record->getTemplateSpecializationKind() == clang::TSK_Undeclared &&
      !key->isInlined();
  return strong ? Linkage::external : Linkage::linkonce;
}

}  // namespace

uint32_t Symbols::ClassObject(const std::string& name,
                              const clang::CXXRecordDecl* record,
                              bool* added_pending) {
  auto [it, added] = class_objects_.try_emplace(name, 0);
  *added_pending = false;
  if (!added) return it->second;
  Linkage linkage = ClassLinkage(ast_, record);
  bool emitted = EmitsVTable(ast_, record);
  it->second = linkage == Linkage::internal
                   ? Internal(name, SymbolType::object)
                   : External(name, SymbolType::object, Linkage::external);
  if (emitted) SetDefined(it->second, linkage);
  *added_pending = emitted;
  return it->second;
}

uint32_t Symbols::VTable(const clang::CXXRecordDecl* record) {
  record = record->getDefinition();
  bool pending = false;
  uint32_t symbol = ClassObject(names_.VTable(record), record, &pending);
  if (pending) pending_.push_back({symbol, PendingVTable{record}});
  return symbol;
}

uint32_t Symbols::Vtt(const clang::CXXRecordDecl* record) {
  record = record->getDefinition();
  bool pending = false;
  uint32_t symbol = ClassObject(names_.Vtt(record), record, &pending);
  if (pending) pending_.push_back({symbol, PendingVtt{record}});
  return symbol;
}

uint32_t Symbols::TypeInfo(clang::QualType type) {
  type = type.getCanonicalType().getUnqualifiedType();
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record != nullptr) record = record->getDefinition();
  if (record != nullptr && record->isDynamicClass()) {
    bool pending = false;
    uint32_t symbol = ClassObject(names_.TypeInfo(type), record, &pending);
    if (pending) pending_.push_back({symbol, PendingTypeInfo{type}});
    return symbol;
  }
  std::string name = names_.TypeInfo(type);
  auto [it, added] = class_objects_.try_emplace(name, 0);
  if (!added) return it->second;
  bool internal = !clang::isExternallyVisible(type->getLinkage());
  uint32_t symbol = internal
                        ? Internal(name, SymbolType::object)
                        : External(name, SymbolType::object, Linkage::weak);
  it->second = symbol;
  // The run-time library has those of the fundamental types and of pointers
  // to them; a weak reference does for them.
  clang::QualType pointee = type->getPointeeType();
  if (type->isBuiltinType() ||
      (!pointee.isNull() && pointee->isBuiltinType())) {
    return symbol;
  }
  SetDefined(symbol, internal ? Linkage::internal : Linkage::linkonce);
  pending_.push_back({symbol, PendingTypeInfo{type}});
  return symbol;
}

bool Symbols::NextPending(Pending& next) {
  if (pending_.empty()) return false;
  next = pending_.front();
  pending_.pop_front();
  return true;
}

}  // namespace chestnut::frontend
