// Inline assembly: system call instructions with their operands.
#ifndef CHESTNUT_FRONTEND_ASM_H_
#define CHESTNUT_FRONTEND_ASM_H_

#include <vector>

#include "clang/AST/Stmt.h"
#include "facts/builder.h"
#include "frontend/body.h"
#include "llvm/ADT/StringRef.h"

namespace chestnut::frontend {

// A system call instruction found in the text of assembly.
struct SyscallInstruction {
  facts::SiteKind kind;
  // Nothing before it in the text can change the registers: operands are what
  // the instruction gets.
  bool first;
};

// Finds `syscall`, `sysenter` and `int $0x80` in AT&T or Intel text, and the
// same as `.byte`s. `text` may hold several instructions, labels, comments.
std::vector<SyscallInstruction> FindSyscallInstructions(llvm::StringRef text);

// Whether the statement is only a barrier for the optimiser: its text has no
// instruction, so that an operand in a register stays what it was.
bool IsBarrier(const clang::GCCAsmStmt* assembly);

// Sites and untyped operands of an asm statement.
void RecordAssembly(Body& body, const clang::GCCAsmStmt* assembly);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_ASM_H_
