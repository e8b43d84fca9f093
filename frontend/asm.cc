#include "frontend/asm.h"

#include <map>
#include <string>
#include <utility>

#include "clang/AST/Attr.h"
#include "clang/AST/Expr.h"
#include "frontend/conversions.h"
#include "frontend/storage.h"
#include "frontend/types.h"
#include "frontend/values.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using facts::SiteKind;
using llvm::StringRef;

// The instructions of a text: split at newlines and semicolons, without
// comments and labels.
llvm::SmallVector<StringRef, 8> Instructions(StringRef text) {
  llvm::SmallVector<StringRef, 8> lines, out;
  llvm::SplitString(text, lines, "\n;");
  for (StringRef line : lines) {
    line = line.split('#').first;
    line = line.trim();
    while (true) {
      auto [label, rest] = line.split(':');
      bool is_label = label.size() < line.size() && !label.empty() &&
                      label.find_first_of(" \t%$(,\"") == StringRef::npos;
      if (!is_label) break;
      line = rest.trim();
    }
    if (!line.empty()) out.push_back(line);
  }
  return out;
}

// `.byte 0x0f, 0x05` and directives of its kind, as numbers; empty if the
// instruction is none.
llvm::SmallVector<unsigned, 8> Bytes(StringRef instruction) {
  llvm::SmallVector<unsigned, 8> bytes;
  StringRef list = instruction;
  unsigned width;
  if (list.consume_front(".byte")) {
    width = 1;
  } else if (list.consume_front(".short") || list.consume_front(".word") ||
             list.consume_front(".value") || list.consume_front(".hword") ||
             list.consume_front(".2byte")) {
    width = 2;
  } else if (list.consume_front(".long") || list.consume_front(".int") ||
             list.consume_front(".4byte")) {
    width = 4;
  } else if (list.consume_front(".quad") || list.consume_front(".8byte")) {
    width = 8;
  } else {
    return bytes;
  }
  llvm::SmallVector<StringRef, 8> numbers;
  list.split(numbers, ',');
  for (StringRef number : numbers) {
    uint64_t value = 0;
    if (number.trim().getAsInteger(0, value)) continue;
    for (unsigned i = 0; i < width; ++i) {
      bytes.push_back(value >> (8 * i) & 255);
    }
  }
  return bytes;
}

bool IsInt80(StringRef operand) {
  operand = operand.trim();
  operand.consume_front("$");
  unsigned number = 0;
  if (operand.ends_with_insensitive("h")) {
    return !operand.drop_back().getAsInteger(16, number) && number == 0x80;
  }
  return !operand.getAsInteger(0, number) && number == 0x80;
}

// The kind of a single instruction; false if it is no system call.
bool KindOf(StringRef instruction, SiteKind& kind) {
  while (true) {
    auto [mnemonic, operands] = instruction.split(' ');
    if (size_t tab = mnemonic.find('\t'); tab != StringRef::npos) {
      operands = instruction.drop_front(tab + 1);
      mnemonic = instruction.take_front(tab);
    }
    std::string lower = mnemonic.lower();
    if (lower == "syscall" || lower == "syscallq" || lower == "syscalll") {
      kind = SiteKind::syscall;
      return true;
    }
    if (lower == "sysenter") {
      kind = SiteKind::sysenter;
      return true;
    }
    if (lower == "int") {
      kind = SiteKind::int80;
      return IsInt80(operands);
    }
    // Prefixes share the line.
    if (lower != "rep" && lower != "lock" && lower != "repz" &&
        lower != "repne" && lower != "notrack" && lower != "rex64" &&
        lower != "rex.w" && lower != "data16") {
      return false;
    }
    instruction = operands.trim();
  }
}

// Whether control leaves the assembly to where an operand may say.
bool Calls(StringRef instruction) {
  auto [mnemonic, operand] =
      instruction.split(instruction.find('\t') != StringRef::npos ? '\t' : ' ');
  if (mnemonic.starts_with_insensitive("call") ||
      mnemonic.starts_with_insensitive("ret")) {
    return true;
  }
  // A jump to a label stays here or is a reference that the object shows.
  operand = operand.trim();
  return mnemonic.starts_with_insensitive("jmp") &&
         (operand.find_first_of("*%[") != StringRef::npos ||
          operand.starts_with_insensitive("r"));
}

// Adds what a run of data bytes contains, however it is aligned.
void FindInBytes(const llvm::SmallVectorImpl<unsigned>& bytes, bool first,
                 std::vector<SyscallInstruction>& out) {
  for (size_t i = 0; i + 1 < bytes.size(); ++i) {
    bool start = first && i == 0;
    if (bytes[i] == 0x0f && bytes[i + 1] == 0x05) {
      out.push_back({SiteKind::syscall, start});
    } else if (bytes[i] == 0x0f && bytes[i + 1] == 0x34) {
      out.push_back({SiteKind::sysenter, start});
    } else if (bytes[i] == 0xcd && bytes[i + 1] == 0x80) {
      out.push_back({SiteKind::int80, start});
    }
  }
}

// The 64-bit register that a constraint or register name stands for, as an
// index: 0 the number, 1 to 6 the arguments; -1 for any other.
int SyscallRegister(StringRef name) {
  static const std::map<std::string, int> kRegisters = {
      {"rax", 0}, {"eax", 0}, {"ax", 0},  {"a", 0},   {"rdi", 1},
      {"edi", 1}, {"D", 1},   {"rsi", 2}, {"esi", 2}, {"S", 2},
      {"rdx", 3}, {"edx", 3}, {"d", 3},   {"r10", 4}, {"r10d", 4},
      {"r8", 5},  {"r8d", 5}, {"r9", 6},  {"r9d", 6}};
  auto found = kRegisters.find(name.str());
  return found == kRegisters.end() ? -1 : found->second;
}

// The register of a constraint: by its letter, or by the register variable
// that is the operand.
int ConstraintRegister(StringRef constraint, const Expr* operand) {
  constraint = constraint.ltrim("=+&%");
  if (constraint.starts_with("{") && constraint.ends_with("}")) {
    return SyscallRegister(constraint.drop_front().drop_back());
  }
  const auto* name =
      llvm::dyn_cast<clang::DeclRefExpr>(operand->IgnoreParenImpCasts());
  const auto* variable = name == nullptr
                             ? nullptr
                             : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
  if (variable != nullptr &&
      variable->getStorageClass() == clang::SC_Register) {
    if (const auto* label = variable->getAttr<clang::AsmLabelAttr>()) {
      StringRef text = label->getLabel();
      text.consume_front("%");
      return SyscallRegister(text);
    }
  }
  return constraint.size() == 1 ? SyscallRegister(constraint) : -1;
}

// The operands by register, before the first instruction.
class Operands {
 public:
  Operands(Body& body, const clang::GCCAsmStmt* assembly)
      : body_(body), assembly_(assembly) {
    for (unsigned i = 0; i < assembly->getNumOutputs(); ++i) {
      StringRef constraint = assembly->getOutputConstraint(i);
      const Expr* place = assembly->getOutputExpr(i);
      output_registers_.push_back(ConstraintRegister(constraint, place));
      if (constraint.starts_with("+")) {
        Set(output_registers_.back(), InOutValue(place));
      }
    }
    for (unsigned i = 0; i < assembly->getNumInputs(); ++i) Input(i);
  }

  uint32_t At(int index) {
    if (values_[index] != facts::kNone) return values_[index];
    return Unknown(index == 0 ? "number not among the operands of the assembly"
                              : "not an operand of the assembly");
  }

  uint32_t Unknown(StringRef reason) {
    Place place = body_.unit.places.Of(assembly_->getAsmLoc());
    std::string file(body_.unit.builder.StringAt(place.file));
    return body_.unit.builder.Unknown(reason.str(), file, place.line);
  }

 private:
  void Set(int index, uint32_t value) {
    if (index >= 0) values_[index] = value;
  }

  void Input(unsigned i) {
    StringRef constraint = assembly_->getInputConstraint(i);
    const Expr* operand = assembly_->getInputExpr(i);
    unsigned output = 0;
    int index;
    if (constraint.starts_with("[")) {
      index = -1;
      StringRef symbolic = constraint.drop_front().drop_back();
      for (unsigned o = 0; o < assembly_->getNumOutputs(); ++o) {
        if (assembly_->getOutputName(o) == symbolic) {
          index = output_registers_[o];
        }
      }
    } else if (!constraint.getAsInteger(10, output)) {
      index =
          output < output_registers_.size() ? output_registers_[output] : -1;
    } else {
      index = ConstraintRegister(constraint, operand);
    }
    Set(index, ValueOf(body_, operand));
  }

  // A variable that only its initialiser and this statement write holds the
  // initial value here, unless control comes back.
  uint32_t InOutValue(const Expr* place) {
    const auto* name =
        llvm::dyn_cast<clang::DeclRefExpr>(place->IgnoreParens());
    const auto* variable =
        name == nullptr ? nullptr
                        : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    if (variable != nullptr && variable->hasLocalStorage() &&
        body_.variables[variable].writes == 3 &&
        variable->getInit() != nullptr && SameBlock(variable)) {
      return ValueOf(body_, variable->getInit());
    }
    // Likewise a parameter that only this statement writes.
    const auto* parameter =
        llvm::dyn_cast_or_null<clang::ParmVarDecl>(variable);
    if (parameter != nullptr && body_.function != nullptr &&
        body_.variables[variable].writes == 2 &&
        !body_.variables[variable].opened && SameBlock(variable)) {
      uint32_t index = ParameterIndex(body_.function, parameter);
      if (index != facts::kNone) return body_.unit.builder.Parameter(index);
    }
    return Load(body_, StorageOf(body_, place), place->getType(), place);
  }

  // Declared in the compound statement that holds the assembly directly: no
  // loop or label comes between them.
  bool SameBlock(const clang::VarDecl* variable) {
    for (const Node& node : body_.nodes) {
      const auto* block =
          llvm::dyn_cast_or_null<clang::CompoundStmt>(node.statement);
      if (block == nullptr) continue;
      // The outermost block declares the parameters.
      bool declared = body_.function != nullptr &&
                      block == body_.function->getBody() &&
                      llvm::isa<clang::ParmVarDecl>(variable);
      for (const clang::Stmt* statement : block->body()) {
        if (statement == assembly_) return declared;
        if (llvm::isa<clang::LabelStmt, clang::SwitchCase>(statement)) {
          declared = false;
        }
        const auto* group = llvm::dyn_cast<clang::DeclStmt>(statement);
        if (group == nullptr) continue;
        for (const clang::Decl* one : group->decls()) {
          declared |= one == variable;
        }
      }
    }
    return false;
  }

  Body& body_;
  const clang::GCCAsmStmt* assembly_;
  llvm::SmallVector<int, 4> output_registers_;
  uint32_t values_[7] = {facts::kNone, facts::kNone, facts::kNone, facts::kNone,
                         facts::kNone, facts::kNone, facts::kNone};
};

// The template without dialect alternatives, in every dialect it has.
std::string Flattened(StringRef text) {
  std::string out;
  for (char c : text) {
    out.push_back(c == '{' || c == '|' || c == '}' ? '\n' : c);
  }
  return out;
}

}  // namespace

std::vector<SyscallInstruction> FindSyscallInstructions(StringRef text) {
  std::vector<SyscallInstruction> out;
  bool first = true;
  llvm::SmallVector<unsigned, 8> run;
  bool run_first = true;
  for (StringRef instruction : Instructions(text)) {
    llvm::SmallVector<unsigned, 8> bytes = Bytes(instruction);
    if (!bytes.empty()) {
      if (run.empty()) run_first = first;
      run.append(bytes.begin(), bytes.end());
      first = false;
      continue;
    }
    FindInBytes(run, run_first, out);
    run.clear();
    SiteKind kind;
    if (KindOf(instruction, kind)) out.push_back({kind, first});
    bool harmless = instruction.starts_with(".") || instruction == "nop";
    if (!harmless) first = false;
  }
  FindInBytes(run, run_first, out);
  return out;
}

bool IsBarrier(const clang::GCCAsmStmt* assembly) {
  // With an input in the register of an output, the output would change.
  return (assembly->getNumInputs() == 0 || assembly->getNumOutputs() == 0) &&
         Instructions(assembly->getAsmString()->getString()).empty();
}

void RecordAssembly(Body& body, const clang::GCCAsmStmt* assembly) {
  if (IsBarrier(assembly)) return;
  for (unsigned i = 0; i < assembly->getNumInputs(); ++i) {
    RecordUntypedOperand(body, assembly->getInputExpr(i));
  }
  for (unsigned i = 0; i < assembly->getNumOutputs(); ++i) {
    const Expr* place = assembly->getOutputExpr(i);
    if (LaidOutRecord(place->getType()) != nullptr) {
      RecordUntypedOperand(body, place);
    }
  }
  const std::string text = Flattened(assembly->getAsmString()->getString());
  if (llvm::any_of(Instructions(text), Calls)) {
    for (unsigned i = 0; i < assembly->getNumInputs(); ++i) {
      RecordOperandOfCall(body, assembly->getInputExpr(i));
    }
  }
  std::vector<SyscallInstruction> found = FindSyscallInstructions(text);
  if (found.empty()) return;
  Operands operands(body, assembly);
  Place place = body.unit.places.Of(assembly->getAsmLoc());
  for (const SyscallInstruction& instruction : found) {
    facts::SyscallSiteT site;
    site.kind = instruction.kind;
    site.file = place.file;
    site.line = place.line;
    // What came before may have loaded other registers.
    bool direct = instruction.first && found.size() == 1;
    for (int i = 0; i <= 6; ++i) {
      uint32_t value = direct ? operands.At(i)
                              : operands.Unknown(
                                    "set by other instructions of "
                                    "the same assembly");
      if (i == 0) {
        site.number = value;
      } else {
        site.arguments.push_back(value);
      }
    }
    body.scope.AddSite(std::move(site));
  }
}

}  // namespace chestnut::frontend
