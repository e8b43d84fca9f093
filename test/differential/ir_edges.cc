#include "test/differential/ir_edges.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

namespace chestnut::differential {
namespace {

// Other units may have a definition, too; of what is available externally only
// the copy that the optimiser looks at is here.
bool IsWeak(const llvm::GlobalValue& value) {
  return value.isWeakForLinker() || value.hasAvailableExternallyLinkage();
}

// Intrinsics that the code generator may turn into a call of a library
// function. All others become instructions, or are gone by then.
struct LibraryIntrinsic {
  absl::string_view prefix;
  absl::string_view function;
};
constexpr LibraryIntrinsic kLibraryIntrinsics[] = {
    {"llvm.memcpy.", "memcpy"},
    {"llvm.memmove.", "memmove"},
    {"llvm.memset.", "memset"},
    {"llvm.sqrt.", "sqrt"},
    {"llvm.pow.", "pow"},
    {"llvm.powi.", "__powidf2"},
    {"llvm.sin.", "sin"},
    {"llvm.cos.", "cos"},
    {"llvm.exp.", "exp"},
    {"llvm.exp2.", "exp2"},
    {"llvm.exp10.", "exp10"},
    {"llvm.log.", "log"},
    {"llvm.log10.", "log10"},
    {"llvm.log2.", "log2"},
    {"llvm.fma.", "fma"},
    {"llvm.fmuladd.", "fma"},
    {"llvm.floor.", "floor"},
    {"llvm.ceil.", "ceil"},
    {"llvm.trunc.", "trunc"},
    {"llvm.rint.", "rint"},
    {"llvm.nearbyint.", "nearbyint"},
    {"llvm.round.", "round"},
    {"llvm.roundeven.", "roundeven"},
    {"llvm.lround.", "lround"},
    {"llvm.llround.", "llround"},
    {"llvm.lrint.", "lrint"},
    {"llvm.llrint.", "llrint"},
    {"llvm.maxnum.", "fmax"},
    {"llvm.minnum.", "fmin"},
    {"llvm.ldexp.", "ldexp"},
    {"llvm.frexp.", "frexp"},
    {"llvm.threadlocal.address", "__tls_get_addr"},
};

std::string NameOf(const llvm::Value& value) {
  llvm::StringRef name = value.getName();
  // LLVM's mark for "exactly this name", from asm labels.
  name.consume_front("\1");
  return name.str();
}

// The blocks that can run. The compiler leaves some behind that no branch
// leads to, or only one on a constant (`0 ? f() : g()` as a condition).
std::vector<const llvm::BasicBlock*> ReachableBlocks(
    const llvm::Function& function) {
  std::vector<const llvm::BasicBlock*> blocks = {&function.getEntryBlock()};
  std::set<const llvm::BasicBlock*> seen = {blocks.front()};
  for (size_t i = 0; i < blocks.size(); ++i) {
    const llvm::Instruction* end = blocks[i]->getTerminator();
    const auto* branch = llvm::dyn_cast<llvm::BranchInst>(end);
    const llvm::ConstantInt* taken =
        branch != nullptr && branch->isConditional()
            ? llvm::dyn_cast<llvm::ConstantInt>(branch->getCondition())
            : nullptr;
    for (unsigned k = 0; k < end->getNumSuccessors(); ++k) {
      if (taken != nullptr && k != (taken->isZero() ? 1u : 0u)) continue;
      const llvm::BasicBlock* next = end->getSuccessor(k);
      if (seen.insert(next).second) blocks.push_back(next);
    }
  }
  return blocks;
}

// Collects the edges of one definition.
class Collector {
 public:
  // Every global that `value` is or is made of.
  void Use(const llvm::Value* value, const std::string& passed_to = "") {
    if (llvm::isa<llvm::GlobalValue>(value)) {
      UseGlobal(*value, passed_to);
      return;
    }
    // The address of a label leads back into the function that has it.
    if (!llvm::isa<llvm::Constant>(value) ||
        llvm::isa<llvm::BlockAddress>(value) ||
        !visited_.insert({value, passed_to}).second) {
      return;
    }
    for (const llvm::Use& operand :
         llvm::cast<llvm::Constant>(value)->operands()) {
      Use(operand.get(), passed_to);
    }
  }

  void Call(const std::string& callee) { Add(EdgeKind::kCall, callee); }

  std::vector<Edge> Take() {
    return std::vector<Edge>(edges_.begin(), edges_.end());
  }

 private:
  void UseGlobal(const llvm::Value& global, const std::string& passed_to) {
    const auto* function = llvm::dyn_cast<llvm::Function>(&global);
    if (function != nullptr && function->isIntrinsic()) return;
    const auto* alias = llvm::dyn_cast<llvm::GlobalAlias>(&global);
    bool is_function =
        function != nullptr || llvm::isa<llvm::GlobalIFunc>(global) ||
        (alias != nullptr &&
         llvm::isa_and_nonnull<llvm::Function>(alias->getAliaseeObject()));
    Add(is_function ? EdgeKind::kAddress : EdgeKind::kObject, NameOf(global),
        passed_to);
  }

  void Add(EdgeKind kind, std::string symbol, std::string passed_to = "") {
    edges_.insert({kind, std::move(symbol), std::move(passed_to)});
  }

  std::set<Edge> edges_;
  std::set<std::pair<const llvm::Value*, std::string>> visited_;
};

class Reader {
 public:
  IrUnit Read(const llvm::Module& module) {
    for (const llvm::Function& function : module) {
      if (!function.isDeclaration()) ReadFunction(function);
    }
    for (const llvm::GlobalVariable& variable : module.globals()) {
      ReadVariable(variable);
    }
    for (const llvm::GlobalAlias& alias : module.aliases()) {
      const llvm::GlobalObject* target = alias.getAliaseeObject();
      if (target == nullptr) continue;
      unit_.aliases.push_back({NameOf(alias), NameOf(*target), false});
    }
    for (const llvm::GlobalIFunc& ifunc : module.ifuncs()) {
      unit_.aliases.push_back(
          {NameOf(ifunc), NameOf(*ifunc.getResolver()->stripPointerCasts()),
           true});
    }
    DropInitialised();
    Sort();
    return std::move(unit_);
  }

 private:
  void ReadFunction(const llvm::Function& function) {
    Definition out;
    out.name = NameOf(function);
    out.is_function = true;
    out.is_internal = function.hasLocalLinkage();
    out.is_weak = IsWeak(function);
    if (const llvm::DISubprogram* place = function.getSubprogram()) {
      out.line = place->getLine();
    }
    Collector collector;
    // Personality, prefix and prologue data.
    for (const llvm::Use& operand : function.operands()) {
      collector.Use(operand.get());
    }
    for (const llvm::BasicBlock* block : ReachableBlocks(function)) {
      for (const llvm::Instruction& instruction : *block) {
        ReadInstruction(instruction, collector);
      }
    }
    out.edges = collector.Take();
    unit_.definitions.push_back(std::move(out));
  }

  void ReadInstruction(const llvm::Instruction& instruction,
                       Collector& collector) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (call == nullptr) {
      for (const llvm::Use& operand : instruction.operands()) {
        collector.Use(operand.get());
      }
      return;
    }
    const llvm::Value* callee = call->getCalledOperand()->stripPointerCasts();
    std::string name;
    if (llvm::isa<llvm::GlobalValue>(callee)) {
      const auto* function = llvm::dyn_cast<llvm::Function>(callee);
      if (function != nullptr && function->isIntrinsic()) {
        CountIntrinsic(function->getName());
      } else {
        name = NameOf(*callee);
        collector.Call(name);
      }
    } else {
      collector.Use(callee);
    }
    for (const llvm::Use& operand : call->operands()) {
      if (&operand == &call->getCalledOperandUse()) continue;
      collector.Use(operand.get(), name);
    }
  }

  void CountIntrinsic(llvm::StringRef name) {
    for (const LibraryIntrinsic& entry : kLibraryIntrinsics) {
      if (name.starts_with(
              llvm::StringRef(entry.prefix.data(), entry.prefix.size()))) {
        ++unit_.library_intrinsics[std::string(entry.function)];
      }
    }
  }

  void ReadVariable(const llvm::GlobalVariable& variable) {
    // What another unit defines for certain is here for the optimiser only.
    if (!variable.hasInitializer() ||
        variable.hasAvailableExternallyLinkage()) {
      return;
    }
    std::string name = NameOf(variable);
    Collector collector;
    if (llvm::StringRef(name).starts_with("llvm.")) {
      ReadSpecial(name, *variable.getInitializer());
      return;
    }
    collector.Use(variable.getInitializer());
    Definition out;
    out.name = std::move(name);
    out.is_internal = variable.hasLocalLinkage();
    out.is_weak = IsWeak(variable);
    out.edges = collector.Take();
    unit_.definitions.push_back(std::move(out));
  }

  void ReadSpecial(const std::string& name, const llvm::Constant& content) {
    std::vector<std::string>* list = nullptr;
    if (name == "llvm.global_ctors") list = &unit_.constructors;
    if (name == "llvm.global_dtors") list = &unit_.destructors;
    if (name == "llvm.used" || name == "llvm.compiler.used") list = &unit_.used;
    if (list == nullptr) return;
    for (const llvm::Use& element : content.operands()) {
      const auto* member = llvm::cast<llvm::Constant>(element.get());
      // { priority, function, associated data } or just the symbol.
      if (llvm::isa<llvm::ConstantStruct>(member)) {
        if (const auto* key = member->getAggregateElement(2u)) {
          initialised_.insert(NameOf(*key->stripPointerCasts()));
        }
        member = member->getAggregateElement(1u);
      }
      member = member->stripPointerCasts();
      if (llvm::isa<llvm::GlobalValue>(member)) {
        list->push_back(NameOf(*member));
      }
    }
  }

  // The compiler keeps a variable whose initialiser is discarded with it; that
  // makes nobody use it.
  void DropInitialised() {
    std::erase_if(unit_.used, [&](const std::string& name) {
      return initialised_.contains(name);
    });
  }

  void Sort() {
    auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
    std::sort(unit_.definitions.begin(), unit_.definitions.end(), by_name);
    std::sort(unit_.aliases.begin(), unit_.aliases.end(), by_name);
    std::sort(unit_.constructors.begin(), unit_.constructors.end());
    std::sort(unit_.destructors.begin(), unit_.destructors.end());
    std::sort(unit_.used.begin(), unit_.used.end());
  }

  IrUnit unit_;
  std::set<std::string> initialised_;  // by an initialiser of their own
};

}  // namespace

absl::string_view EdgeKindName(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kCall:
      return "call";
    case EdgeKind::kAddress:
      return "address";
    case EdgeKind::kObject:
      return "object";
  }
  return "?";
}

absl::StatusOr<IrUnit> ReadIr(const std::string& path) {
  if (!llvm::sys::fs::exists(path)) {
    return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  }
  llvm::LLVMContext context;
  llvm::SMDiagnostic error;
  std::unique_ptr<llvm::Module> module =
      llvm::parseIRFile(path, error, context);
  if (module == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not LLVM IR: ", error.getMessage().str()));
  }
  return Reader().Read(*module);
}

}  // namespace chestnut::differential
