// The values that system calls and calls are made with, in those functions
// where they matter.
#ifndef CHESTNUT_BINALYZER_CALL_VALUES_H_
#define CHESTNUT_BINALYZER_CALL_VALUES_H_

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "binalyzer/code.h"
#include "binalyzer/interpreter.h"
#include "binalyzer/module_model.h"
#include "binalyzer/value_pool.h"

namespace chestnut::binalyzer {

inline constexpr int kArgumentCount = 6;

// The values of one instruction, kept in form `Kept` (see CallValues::Run).
struct SiteValues {
  uint32_t number = 0;
  std::array<uint32_t, kArgumentCount> arguments{};
};

struct CallArguments {
  // In registers, then on the stack (machine_state.h).
  std::array<uint32_t, kParameterCount> arguments{};
  // By argument: which parameters of the calling function it is made of.
  std::array<uint8_t, kParameterCount> parameters{};
  // Without those on the stack, behind the others, of which nothing is known.
  uint32_t count = kRegisterParameters;
};

// Works out values function by function: of those with a system call, of those
// that call something with a wanted argument (known_functions.h), and then of
// all that call a function whose parameter reaches such a place.
class CallValues {
 public:
  // Turns a value of the pool, which is used again for the next function, into
  // something that lasts.
  using Keep =
      absl::FunctionRef<uint32_t(const ValuePool& pool, ValueId value)>;

  explicit CallValues(const ModuleModel& model)
      : model_(model), interpreter_(model.image(), pool_) {}

  void Run(Keep keep);

  // By the address of the instruction; null where nobody asked.
  const SiteValues* SiteAt(uint64_t address) const;
  const CallArguments* CallAt(uint64_t address) const;
  // Whether control never comes to the call, jump or system call there
  // (function_values.h).
  bool NeverRuns(uint64_t address) const { return never_.contains(address); }
  // Whether control may come to an instruction after `first`, up to `last`,
  // from another part of the module or in a way that is not known.
  bool IsEntered(uint64_t first, uint64_t last) const;
  // Relocatable objects: what an indirect call or jump leads to that has no
  // destination of its own (ModuleModel::ResolveCall), or null.
  const uint32_t* CalleeAt(uint64_t address) const;
  // The strings that the call's name argument (known_functions.h) may be, if it
  // is nothing else; null if that is not known.
  const std::vector<std::string>* NamesAt(uint64_t address) const;
  // Whether the facts say what it leads to: of the indirect calls and jumps in
  // relocatable objects. Those of linked modules are said to reach anything.
  bool IsOpenCall(Flow flow, const Destination& destination) const;
  // How many functions were looked into.
  uint32_t evaluated() const { return evaluated_count_; }

 private:
  struct Caller {
    uint32_t group;
    uint64_t address;
  };

  void IndexCalls();
  void IndexEntered();
  CodeContext ContextOf(uint32_t group, bool* volatile_stack) const;
  // The group that a call leads to in this module, or -1.
  int64_t CalleeOf(const Destination& destination) const;
  void Want(uint32_t group);
  void Evaluate(uint32_t group, Keep keep);
  void AddSite(const Instruction& instruction, const MachineState& state,
               uint32_t group, Keep keep);
  void AddCall(const Instruction& instruction, const MachineState& state,
               uint32_t group, Keep keep);
  // The arguments of the call that matter to what it calls.
  uint8_t MatterAt(const Destination& destination) const;
  const Transfer* TransferAt(uint64_t address, uint32_t group) const;
  void AddMatter(uint32_t group, uint8_t parameters);
  void PassOn(const Caller& call, uint8_t matter);
  uint8_t ParametersIn(ValueId value) const;
  void AddNames(uint64_t address, ValueId value);

  const ModuleModel& model_;
  ValuePool pool_;
  Interpreter interpreter_;
  std::vector<std::vector<Caller>> callers_;  // by group
  std::vector<uint8_t> matter_;               // by group, a bit a parameter
  // Places inside of functions that are reached from elsewhere, ascending.
  std::vector<std::pair<uint64_t, UnknownReason>> entered_;
  std::vector<uint64_t> doors_;  // the same of code in general, ascending
  std::vector<bool> wanted_;
  std::vector<uint32_t> queue_;
  std::vector<uint32_t> changed_;  // groups whose matter_ grew
  absl::flat_hash_map<uint64_t, SiteValues> sites_;
  absl::flat_hash_map<uint64_t, CallArguments> calls_;
  absl::flat_hash_map<uint64_t, uint32_t> callees_;
  absl::flat_hash_map<uint64_t, std::vector<std::string>> names_;
  absl::flat_hash_set<uint64_t> never_;
  uint32_t evaluated_count_ = 0;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_CALL_VALUES_H_
