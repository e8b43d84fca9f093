// Which functions return to their callers.
#ifndef CHESTNUT_BINALYZER_NO_RETURN_H_
#define CHESTNUT_BINALYZER_NO_RETURN_H_

#include <vector>

namespace chestnut::binalyzer {

class ModuleModel;

// By range (those that stand for a function): whether a return, or a jump to
// something that returns, can be reached from the begin of any of its ranges
// without passing a call that does not return. A fixpoint over the module. An
// indirect jump may lead to a return.
std::vector<bool> FindReturning(const ModuleModel& model);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_NO_RETURN_H_
