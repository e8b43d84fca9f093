#include "frontend/embed.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclGroup.h"
#include "clang/AST/Expr.h"
#include "facts/container.h"

namespace chestnut::frontend {
namespace {

// Keeps the assembler's lines short.
constexpr size_t kBytesPerLine = 1024;

void AppendEscaped(absl::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out.push_back(c);
      continue;
    }
    out.push_back('\\');
    out.push_back(static_cast<char>('0' + (byte >> 6)));
    out.push_back(static_cast<char>('0' + ((byte >> 3) & 7)));
    out.push_back(static_cast<char>('0' + (byte & 7)));
  }
}

// What is optimised at link time is read from the program, and a shared object
// keeps the facts of its units.
bool StaysInOutput(const clang::CompilerInstance& compiler) {
  const clang::CodeGenOptions& options = compiler.getCodeGenOpts();
  const clang::LangOptions& language = compiler.getLangOpts();
  return options.PrepareForLTO || options.PrepareForThinLTO ||
         (language.PICLevel != 0 && !language.PIE);
}

// Elsewhere SHF_EXCLUDE (ELF gABI, "e" for the assembler): a program does
// without the section, so linkers need not copy it; `-r` keeps it.
std::string Assembly(absl::string_view facts, bool stays) {
  std::string text =
      absl::StrCat(".pushsection ", facts::kSectionName, ",\"",
                   stays ? "" : "e", "\",@progbits\n.p2align 3\n");
  text.reserve(text.size() + 3 * facts.size());
  for (size_t i = 0; i < facts.size(); i += kBytesPerLine) {
    text += ".ascii \"";
    AppendEscaped(facts.substr(i, kBytesPerLine), text);
    text += "\"\n";
  }
  text += ".popsection\n";
  return text;
}

}  // namespace

bool MakesObject(const clang::CompilerInstance& compiler) {
  switch (compiler.getFrontendOpts().ProgramAction) {
    case clang::frontend::EmitAssembly:
    case clang::frontend::EmitBC:
    case clang::frontend::EmitLLVM:
    case clang::frontend::EmitObj:
      return true;
    default:
      return false;
  }
}

void EmbedFacts(clang::CompilerInstance& compiler, absl::string_view facts) {
  clang::ASTContext& ast = compiler.getASTContext();
  const std::string text = Assembly(facts, StaysInOutput(compiler));
  const clang::QualType type = ast.getStringLiteralArrayType(
      ast.CharTy, static_cast<unsigned>(text.size()));
  clang::StringLiteral* literal = clang::StringLiteral::Create(
      ast, text, clang::StringLiteralKind::Ordinary, /*Pascal=*/false, type,
      clang::SourceLocation());
  clang::Decl* assembly = clang::FileScopeAsmDecl::Create(
      ast, ast.getTranslationUnitDecl(), literal, clang::SourceLocation(),
      clang::SourceLocation());
  compiler.getASTConsumer().HandleTopLevelDecl(clang::DeclGroupRef(assembly));
}

}  // namespace chestnut::frontend
