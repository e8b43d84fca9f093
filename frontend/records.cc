#include "frontend/records.h"

#include <cstdio>
#include <utility>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/RecordLayout.h"
#include "frontend/types.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

namespace chestnut::frontend {
namespace {

using clang::CXXRecordDecl;
using clang::FieldDecl;
using clang::RecordDecl;

std::string Digest(llvm::StringRef text) {
  return llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true,
                         /*Width=*/16);
}

// Calls visit(base, offset, is_virtual) for each direct base, and for each
// virtual base of a complete object.
template <typename Visit>
void ForEachBase(const clang::ASTContext& ast, const RecordDecl* record,
                 Visit visit) {
  const auto* derived = llvm::dyn_cast<CXXRecordDecl>(record);
  if (derived == nullptr) return;
  const clang::ASTRecordLayout& layout = ast.getASTRecordLayout(derived);
  for (const clang::CXXBaseSpecifier& base : derived->bases()) {
    const CXXRecordDecl* decl = base.getType()->getAsCXXRecordDecl();
    if (base.isVirtual() || !HasLayout(decl->getDefinition())) continue;
    visit(decl->getDefinition(), layout.getBaseClassOffset(decl).getQuantity());
  }
  for (const clang::CXXBaseSpecifier& base : derived->vbases()) {
    const CXXRecordDecl* decl = base.getType()->getAsCXXRecordDecl();
    if (!HasLayout(decl->getDefinition())) continue;
    visit(decl->getDefinition(),
          layout.getVBaseClassOffset(decl).getQuantity());
  }
}

}  // namespace

Records::Records(clang::ASTContext& ast, facts::FactsBuilder& builder,
                 Signatures& signatures)
    : ast_(ast), builder_(builder), signatures_(signatures) {}

const Records::Content& Records::ContentOf(const RecordDecl* record) {
  auto cached = contents_.find(record);
  if (cached != contents_.end()) return cached->second;
  Content content;
  auto add = [&](const RecordDecl* nested) {
    Content inner = ContentOf(nested);
    content.functions |= inner.functions;
    content.integers |= inner.integers;
  };
  for (const FieldDecl* field : record->fields()) {
    Tracked tracked = TrackedContent(ast_, field->getType());
    content.functions |= tracked == Tracked::kFunction;
    content.integers |= tracked == Tracked::kInteger && !field->isBitField();
    if (const RecordDecl* nested = LaidOutRecord(field->getType())) add(nested);
  }
  ForEachBase(ast_, record,
              [&](const RecordDecl* base, int64_t) { add(base); });
  return contents_[record] = content;
}

bool Records::HoldsTracked(const RecordDecl* record) {
  Content content = ContentOf(record);
  return content.functions || content.integers;
}

bool Records::HoldsFunctions(const RecordDecl* record) {
  return ContentOf(record).functions;
}

const std::string& Records::LayoutText(const RecordDecl* record) {
  auto cached = layouts_.find(record);
  if (cached != layouts_.end()) return cached->second;
  const clang::ASTRecordLayout& layout = ast_.getASTRecordLayout(record);
  std::string text = std::to_string(layout.getSize().getQuantity());
  for (const FieldDecl* field : record->fields()) {
    text += " " + std::to_string(layout.getFieldOffset(field->getFieldIndex()));
    text += ":";
    if (const RecordDecl* nested = LaidOutRecord(field->getType())) {
      text += "{" + LayoutText(nested) + "}" +
              std::to_string(ast_.getTypeSize(field->getType()));
    } else {
      text += signatures_.TypeKey(field->getType());
    }
  }
  ForEachBase(ast_, record, [&](const RecordDecl* base, int64_t offset) {
    text += " @" + std::to_string(offset) + "{" + LayoutText(base) + "}";
  });
  return layouts_[record] = Digest(text);
}

void Records::AddFields(const RecordDecl* record, facts::RecordT& out) {
  const clang::ASTRecordLayout& layout = ast_.getASTRecordLayout(record);
  auto add = [&](const std::string& name,
                 uint32_t offset) -> facts::RecordFieldT& {
    auto field = std::make_unique<facts::RecordFieldT>();
    field->name = builder_.String(name);
    field->offset = offset;
    out.fields.push_back(std::move(field));
    return *out.fields.back();
  };
  for (const FieldDecl* field : record->fields()) {
    uint32_t offset = static_cast<uint32_t>(
        layout.getFieldOffset(field->getFieldIndex()) / 8);
    const RecordDecl* nested = LaidOutRecord(field->getType());
    if (nested != nullptr && HoldsTracked(nested)) {
      uint32_t index = Of(nested);
      add(field->getNameAsString(), offset).record = index;
      continue;
    }
    switch (TrackedContent(ast_, field->getType())) {
      case Tracked::kFunction:
        add(field->getNameAsString(), offset).signature =
            signatures_.OfCallable(field->getType());
        break;
      case Tracked::kInteger:
        if (field->isBitField()) break;
        add(field->getNameAsString(), offset).width =
            IntegerWidth(ast_, ElementType(ast_, field->getType()));
        break;
      case Tracked::kNo:
        break;
    }
  }
  ForEachBase(ast_, record, [&](const RecordDecl* base, int64_t offset) {
    if (!HoldsTracked(base)) return;
    uint32_t index = Of(base);
    add(signatures_.RecordName(base), static_cast<uint32_t>(offset)).record =
        index;
  });
}

uint32_t Records::Of(const RecordDecl* record) {
  record = record->getDefinition();
  auto [it, added] = indices_.try_emplace(
      record, static_cast<uint32_t>(builder_.unit().records.size()));
  if (!added) return it->second;
  uint32_t index = it->second;
  builder_.unit().records.push_back(std::make_unique<facts::RecordT>());
  facts::RecordT out;
  out.name = builder_.String(signatures_.RecordName(record));
  out.layout = builder_.String(LayoutText(record));
  out.is_union = record->isUnion();
  out.size = static_cast<uint32_t>(
      ast_.getASTRecordLayout(record).getSize().getQuantity());
  AddFields(record, out);
  *builder_.unit().records[index] = std::move(out);
  return index;
}

FieldKey Records::Field(const FieldDecl* field) {
  const RecordDecl* record = field->getParent()->getDefinition();
  uint64_t bits =
      ast_.getASTRecordLayout(record).getFieldOffset(field->getFieldIndex());
  return {Of(record), static_cast<uint32_t>(bits / 8)};
}

}  // namespace chestnut::frontend
