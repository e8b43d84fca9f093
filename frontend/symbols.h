// The symbols of a unit, and the worklist of what has to be emitted because
// something emitted refers to it.
#ifndef CHESTNUT_FRONTEND_SYMBOLS_H_
#define CHESTNUT_FRONTEND_SYMBOLS_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "facts/builder.h"
#include "frontend/names.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace chestnut::frontend {

// Something with facts of its own that is still to be visited.
struct PendingVTable {
  const clang::CXXRecordDecl* record;
};
struct PendingVtt {
  const clang::CXXRecordDecl* record;
};
struct PendingTypeInfo {
  clang::QualType type;
};
struct Pending {
  uint32_t symbol;
  std::variant<const clang::FunctionDecl*, const clang::VarDecl*, PendingVTable,
               PendingVtt, PendingTypeInfo>
      what;
};

class Symbols {
 public:
  // `common`: C tentative definitions become common symbols (-fcommon).
  Symbols(clang::ASTContext& ast, facts::FactsBuilder& builder, Names& names,
          bool common);

  // Each returns the symbol that a reference is to; the definition, if the unit
  // has one, joins the worklist.
  uint32_t Function(const clang::FunctionDecl* function);
  uint32_t Variable(const clang::VarDecl* variable);
  uint32_t VTable(const clang::CXXRecordDecl* record);
  uint32_t Vtt(const clang::CXXRecordDecl* record);
  uint32_t TypeInfo(clang::QualType type);

  // A symbol known by its name only. `weak` references (what a compiler may
  // leave out) must not make a link fail; a strong one wins.
  uint32_t Named(llvm::StringRef name, facts::SymbolType type, bool weak);
  // A helper function of the language's run-time library, which the compiler
  // may or may not call.
  uint32_t Runtime(llvm::StringRef name) {
    return Named(name, facts::SymbolType::function, /*weak=*/true);
  }
  // A new definition that no declaration stands for (thunk, initialiser).
  uint32_t Define(llvm::StringRef name, facts::Linkage linkage,
                  facts::SymbolType type);

  bool NextPending(Pending& next);

  // An alias or ifunc attribute seen, which names its target by symbol.
  struct Alias {
    uint32_t symbol;
    std::string target;
    bool ifunc;
  };
  // Takes the aliases seen since the last call.
  std::vector<Alias> TakeAliases() { return std::exchange(aliases_, {}); }
  void ResolveAlias(const Alias& alias, uint32_t target);

 private:
  uint32_t New(llvm::StringRef name, facts::SymbolType type,
               facts::Linkage linkage);
  uint32_t External(llvm::StringRef name, facts::SymbolType type,
                    facts::Linkage linkage);
  uint32_t Internal(std::string name, facts::SymbolType type);
  uint32_t ForDeclaration(const clang::ValueDecl* declaration, bool internal,
                          std::string name, facts::SymbolType type);
  void AddVariants(const clang::FunctionDecl* function, uint32_t symbol,
                   bool internal);
  void DefineFunction(const clang::FunctionDecl* function, uint32_t symbol);
  void DefineVariable(const clang::VarDecl* variable, uint32_t symbol);
  bool ApplyAlias(const clang::ValueDecl* declaration, uint32_t symbol);
  facts::SymbolT& At(uint32_t symbol) {
    return *builder_.unit().symbols[symbol];
  }
  // Symbol of a vtable, VTT or type information; tells whether it is new and
  // to be emitted here.
  uint32_t ClassObject(const std::string& name,
                       const clang::CXXRecordDecl* record, bool* added_pending);
  void SetDefined(uint32_t symbol, facts::Linkage linkage);

  clang::ASTContext& ast_;
  facts::FactsBuilder& builder_;
  Names& names_;
  llvm::StringMap<uint32_t> by_name_;
  llvm::StringMap<unsigned> internal_names_;
  llvm::DenseMap<const clang::Decl*, uint32_t> by_declaration_;
  llvm::StringMap<uint32_t> class_objects_;
  const bool common_;
  std::deque<Pending> pending_;
  std::vector<Alias> aliases_;
};

// Whether the unit's object has the class's vtable (as strong or COMDAT
// definition).
bool EmitsVTable(clang::ASTContext& ast, const clang::CXXRecordDecl* record);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_SYMBOLS_H_
