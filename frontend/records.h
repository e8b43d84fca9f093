// The records (structs, classes, unions) of a unit: identity and the fields
// that facts speak of.
#ifndef CHESTNUT_FRONTEND_RECORDS_H_
#define CHESTNUT_FRONTEND_RECORDS_H_

#include <cstdint>
#include <string>

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "facts/builder.h"
#include "frontend/signatures.h"

namespace chestnut::frontend {

// A field, as every reference to it is written: the record that declares it
// and its offset there.
struct FieldKey {
  uint32_t record;
  uint32_t offset;
};

class Records {
 public:
  Records(clang::ASTContext& ast, facts::FactsBuilder& builder,
          Signatures& signatures);

  // Index of a record for which HasLayout is true.
  uint32_t Of(const clang::RecordDecl* record);
  // Key of a field whose record has a layout.
  FieldKey Field(const clang::FieldDecl* field);
  // Whether the record or a record in it has a field that may hold a function
  // address or a tracked integer. Conversions of others mean nothing.
  bool HoldsTracked(const clang::RecordDecl* record);
  bool HoldsFunctions(const clang::RecordDecl* record);

 private:
  struct Content {
    bool functions = false;
    bool integers = false;
  };
  const Content& ContentOf(const clang::RecordDecl* record);
  const std::string& LayoutText(const clang::RecordDecl* record);
  void AddFields(const clang::RecordDecl* record, facts::RecordT& out);

  clang::ASTContext& ast_;
  facts::FactsBuilder& builder_;
  Signatures& signatures_;
  llvm::DenseMap<const clang::RecordDecl*, uint32_t> indices_;
  llvm::DenseMap<const clang::RecordDecl*, Content> contents_;
  llvm::DenseMap<const clang::RecordDecl*, std::string> layouts_;
};

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_RECORDS_H_
