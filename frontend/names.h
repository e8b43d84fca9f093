// Linkage names, as the object file will have them.
#ifndef CHESTNUT_FRONTEND_NAMES_H_
#define CHESTNUT_FRONTEND_NAMES_H_

#include <memory>
#include <string>

#include "clang/AST/ASTContext.h"
#include "clang/AST/GlobalDecl.h"
#include "clang/AST/Mangle.h"
#include "clang/AST/VTableBuilder.h"

namespace chestnut::frontend {

// Constructors and destructors get the name of their complete variant (C1,
// D1). An internal lambda has a name made from its place, because the
// mangler's own number depends on the order of questions.
class Names {
 public:
  explicit Names(clang::ASTContext& ast);

  std::string Function(const clang::FunctionDecl* function);
  // The given variant of a constructor or destructor.
  std::string Variant(clang::GlobalDecl variant);
  // A global, static or static local variable.
  std::string Variable(const clang::VarDecl* variable);

  std::string VTable(const clang::CXXRecordDecl* record);
  std::string Vtt(const clang::CXXRecordDecl* record);
  std::string ConstructionVTable(const clang::CXXRecordDecl* complete,
                                 int64_t offset,
                                 const clang::CXXRecordDecl* base);
  std::string TypeInfo(clang::QualType type);
  std::string TypeInfoName(clang::QualType type);
  std::string Thunk(clang::GlobalDecl method, const clang::ThunkInfo& thunk);
  std::string ThreadLocalWrapper(const clang::VarDecl* variable);
  std::string ThreadLocalInit(const clang::VarDecl* variable);
  std::string Guard(const clang::VarDecl* variable);
  std::string ReferenceTemporary(const clang::VarDecl* variable,
                                 unsigned number);

 private:
  clang::ASTContext& ast_;
  std::unique_ptr<clang::ItaniumMangleContext> mangler_;
};

// "strlen" for "__builtin_strlen".
llvm::StringRef StripBuiltin(llvm::StringRef name);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_NAMES_H_
