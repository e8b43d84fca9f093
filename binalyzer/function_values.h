// The fixpoint over the blocks of one function.
#ifndef CHESTNUT_BINALYZER_FUNCTION_VALUES_H_
#define CHESTNUT_BINALYZER_FUNCTION_VALUES_H_

#include "absl/functional/function_ref.h"
#include "binalyzer/code.h"
#include "binalyzer/interpreter.h"
#include "binalyzer/machine_state.h"
#include "binalyzer/value_pool.h"

namespace chestnut::binalyzer {

// Calls `visit` once for each instruction of `code`, by address, with the state
// before it; where nothing known leads, with an unknown one. Padding that
// nothing leads to is left out. `interpreter` begins the function anew.
//
// `never` hears of those instead to which control comes only from behind a
// system call that ends the thread or the process: the kernel does not return
// from exit and exit_group (kernel/exit.c), so nobody runs them.
void VisitStates(
    const Code& code, bool volatile_stack, ValuePool& pool,
    Interpreter& interpreter,
    absl::FunctionRef<void(const Instruction&, const MachineState&)> visit,
    absl::FunctionRef<void(const Instruction&)> never);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_FUNCTION_VALUES_H_
