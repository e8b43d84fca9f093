#include "frontend/annotations.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"
#include "frontend/scope.h"

namespace chestnut::frontend {
namespace {

// Sixth and last argument of a system call.
constexpr unsigned kCallArguments = 6;

const clang::StringLiteral* AsString(const clang::Expr* operand) {
  operand = operand->IgnoreParenImpCasts();
  while (const auto* constant = llvm::dyn_cast<clang::ConstantExpr>(operand)) {
    operand = constant->getSubExpr()->IgnoreParenImpCasts();
  }
  return llvm::dyn_cast<clang::StringLiteral>(operand);
}

class AnnotationReader {
 public:
  explicit AnnotationReader(UnitTables& unit) : unit_(unit) {}

  absl::Status Read(const clang::DeclContext* context) {
    for (const clang::Decl* declaration : context->decls()) {
      if (const auto* linkage =
              llvm::dyn_cast<clang::LinkageSpecDecl>(declaration)) {
        if (absl::Status status = Read(linkage); !status.ok()) return status;
      }
      for (const auto* attribute :
           declaration->specific_attrs<clang::AnnotateAttr>()) {
        if (!attribute->getAnnotation().starts_with("chestnut_")) continue;
        if (absl::Status s = Add(*attribute, declaration->getLocation());
            !s.ok()) {
          return s;
        }
      }
    }
    return absl::OkStatus();
  }

  void Finish() {
    for (auto& [name, annotated] : functions_) {
      const uint32_t symbol = unit_.symbols.Named(
          name, facts::SymbolType::function, /*weak=*/false);
      // The assembly has the body; these are its facts.
      unit_.builder.unit().symbols[symbol]->defined = true;
      auto function = std::make_unique<facts::FunctionT>();
      function->symbol = symbol;
      const Place place = unit_.places.Of(annotated.location);
      function->file = place.file;
      function->line = place.line;
      annotated.scope.Finish(*function, unit_.builder.Unknown("annotation"));
      unit_.builder.unit().functions.push_back(std::move(function));
    }
  }

 private:
  struct Annotated {
    clang::SourceLocation location;
    Scope scope;
  };

  absl::Status Wrong(clang::SourceLocation location,
                     absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(location.printToString(unit_.ast.getSourceManager()), ": ",
                     what, "; see the macros of chestnut.h"));
  }

  // A constant, "$i" or "?".
  bool Operand(const clang::Expr* operand, uint32_t* value) const {
    if (const clang::StringLiteral* text = AsString(operand)) {
      llvm::StringRef string = text->getString();
      unsigned parameter;
      if (string == "?") {
        *value = unit_.builder.Unknown("annotation does not say");
        return true;
      }
      if (!string.consume_front("$") || string.getAsInteger(10, parameter)) {
        return false;
      }
      *value = unit_.builder.Parameter(parameter);
      return true;
    }
    clang::Expr::EvalResult result;
    if (operand->isValueDependent() ||
        !operand->EvaluateAsInt(result, unit_.ast)) {
      return false;
    }
    *value = unit_.builder.Constant(static_cast<int64_t>(
        result.Val.getInt().extOrTrunc(64).getZExtValue()));
    return true;
  }

  absl::Status Add(const clang::AnnotateAttr& attribute,
                   clang::SourceLocation location) {
    const llvm::StringRef keyword = attribute.getAnnotation();
    const auto operands =
        llvm::ArrayRef(attribute.args_begin(), attribute.args_size());
    const clang::StringLiteral* name =
        operands.empty() ? nullptr : AsString(operands[0]);
    if (name == nullptr) return Wrong(location, "annotation without function");
    Annotated& function = functions_[name->getString().str()];
    if (function.location.isInvalid()) function.location = location;
    if (keyword == "chestnut_reviewed" && operands.size() == 1) {
      return absl::OkStatus();
    }
    if (keyword == "chestnut_syscall" && operands.size() >= 2 &&
        operands.size() <= 2 + kCallArguments) {
      return AddSyscall(function.scope, operands.drop_front(), location);
    }
    if (keyword == "chestnut_call" && operands.size() == 2) {
      return AddCall(function.scope, operands[1], location);
    }
    return Wrong(location,
                 absl::StrCat("annotation '", keyword.str(), "' with ",
                              operands.size(), " operands is not known"));
  }

  absl::Status AddSyscall(Scope& scope, llvm::ArrayRef<clang::Expr*> operands,
                          clang::SourceLocation location) {
    facts::SyscallSiteT site;
    site.kind = facts::SiteKind::syscall;
    const Place place = unit_.places.Of(location);
    site.file = place.file;
    site.line = place.line;
    if (!Operand(operands[0], &site.number)) {
      return Wrong(location, "the number is no constant, parameter or unknown");
    }
    for (unsigned i = 1; i <= kCallArguments; ++i) {
      uint32_t value = unit_.builder.Unknown("annotation does not say");
      if (i < operands.size() && !Operand(operands[i], &value)) {
        return Wrong(location,
                     "an argument is no constant, parameter or unknown");
      }
      site.arguments.push_back(value);
    }
    scope.AddSite(std::move(site));
    return absl::OkStatus();
  }

  absl::Status AddCall(Scope& scope, const clang::Expr* operand,
                       clang::SourceLocation location) {
    const clang::StringLiteral* target = AsString(operand);
    if (target == nullptr) return Wrong(location, "the callee is no string");
    if (target->getString().starts_with("$")) {
      uint32_t value;
      if (!Operand(operand, &value)) {
        return Wrong(location, "the callee is no parameter");
      }
      // Assembly calls it as it likes.
      scope.AddFlow(facts::SinkKind::untyped, /*is_function=*/true, 0, 0,
                    facts::kNone, value);
      return absl::OkStatus();
    }
    facts::CallT call;
    call.kind = facts::CallKind::direct;
    call.symbol =
        unit_.symbols.Named(target->getString(), facts::SymbolType::function,
                            /*weak=*/false);
    const Place place = unit_.places.Of(location);
    call.file = place.file;
    call.line = place.line;
    scope.AddCall(std::move(call));
    return absl::OkStatus();
  }

  UnitTables& unit_;
  std::map<std::string, Annotated> functions_;
};

}  // namespace

absl::Status CollectAnnotations(UnitTables& unit) {
  AnnotationReader reader(unit);
  absl::Status status = reader.Read(unit.ast.getTranslationUnitDecl());
  if (status.ok()) reader.Finish();
  return status;
}

}  // namespace chestnut::frontend
