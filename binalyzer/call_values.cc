#include "binalyzer/call_values.h"

#include <algorithm>

#include "binalyzer/function_values.h"
#include "binalyzer/known_functions.h"
#include "syscalls/arguments.h"

namespace chestnut::binalyzer {
namespace {

constexpr Register kCallRegisters[] = {kRdi, kRsi, kRdx, kRcx, kR8, kR9};
constexpr Register kSystemCallRegisters[] = {kRdi, kRsi, kRdx, kR10, kR8, kR9};
constexpr Register kInt80Registers[] = {kRbx, kRcx, kRdx, kRsi, kRdi, kRbp};

// Nobody writes functions so large; what they pass on is unknown.
constexpr uint64_t kMaxInstructions = 1 << 20;

constexpr uint8_t kPointerWidth = 8;

// Jumps out of a function are calls that do not come back.
bool IsCallLike(Flow flow) {
  return flow == Flow::kCall || flow == Flow::kIndirectCall ||
         flow == Flow::kJump || flow == Flow::kBranch ||
         flow == Flow::kIndirectJump;
}

bool IsSystemCall(Flow flow) {
  return flow == Flow::kSyscall || flow == Flow::kSysenter ||
         flow == Flow::kInt80;
}

}  // namespace

int64_t CallValues::CalleeOf(const Destination& destination) const {
  int64_t function = -1;
  if (destination.IsFunction() && !destination.inside) {
    function = destination.index;
  } else if (destination.kind == Destination::Kind::kSymbol) {
    const ImageSymbol& symbol = model_.image().symbols()[destination.index];
    if (symbol.defined) function = model_.functions().IndexAt(symbol.address);
  }
  if (function < 0) return -1;
  return model_.GroupOf(static_cast<uint32_t>(function));
}

void CallValues::IndexCalls() {
  const auto scans = model_.scans();
  callers_.resize(scans.size());
  matter_.resize(scans.size());
  wanted_.resize(scans.size());
  for (uint32_t i = 0; i < scans.size(); ++i) {
    const uint32_t group = model_.GroupOf(i);
    const uint64_t begin = scans[i].range.begin;
    for (uint32_t symbol : model_.functions().SymbolsAt(begin)) {
      matter_[group] |= static_cast<uint8_t>(
          WantedArguments(model_.image().symbols()[symbol].name));
    }
    if (!scans[i].sites.empty()) Want(group);
    for (const Transfer& transfer : scans[i].transfers) {
      if (!IsCallLike(transfer.flow)) continue;
      const Destination destination = model_.ResolveCall(transfer);
      if (IsOpenCall(transfer.flow, destination)) Want(group);
      const int64_t callee = CalleeOf(destination);
      if (callee >= 0 && static_cast<uint32_t>(callee) != group) {
        callers_[static_cast<size_t>(callee)].push_back({group, transfer.from});
      }
      if (destination.kind == Destination::Kind::kSymbol &&
          WantedArguments(model_.image().symbols()[destination.index].name) !=
              0) {
        Want(group);
      }
    }
  }
  for (uint32_t i = 0; i < matter_.size(); ++i) {
    if (matter_[i] != 0) changed_.push_back(i);
  }
}

void CallValues::IndexEntered() {
  const FunctionTable& functions = model_.functions();
  auto add = [&](uint64_t address, uint32_t from, UnknownReason reason) {
    const int64_t index = functions.IndexAt(address);
    if (index < 0) return;
    doors_.push_back(address);
    const auto function = static_cast<uint32_t>(index);
    const uint32_t group = model_.GroupOf(function);
    if (from != kNoSymbol && model_.GroupOf(from) == group &&
        reason == UnknownReason::kEnteredInside) {
      return;
    }
    // The begin of a function has the state that the ABI promises.
    if (function == group &&
        functions.functions()[function].range.begin == address) {
      return;
    }
    entered_.push_back({address, reason});
  };
  const auto scans = model_.scans();
  for (uint32_t i = 0; i < scans.size(); ++i) {
    for (const CodeReference& reference : scans[i].references) {
      // An address that is made a value may be jumped to from here, too.
      const bool direct = reference.kind == ReferenceKind::kJump ||
                          reference.kind == ReferenceKind::kCall;
      add(reference.address, i,
          direct ? UnknownReason::kEnteredInside
                 : UnknownReason::kIndirectJump);
    }
    for (uint64_t target : model_.jump_targets(i)) {
      add(target, i, UnknownReason::kEnteredInside);
    }
    for (uint64_t pad : model_.unwinding(i).landing_pads) {
      add(pad, kNoSymbol, UnknownReason::kLandingPad);
    }
  }
  for (uint32_t i = 0; i < model_.objects().objects().size(); ++i) {
    for (const DataReference& reference : model_.objects().References(i)) {
      // What switches jump by their tables has said.
      if (reference.guessed ||
          (reference.relative && model_.IsSwitchTable(i))) {
        continue;
      }
      add(reference.target, kNoSymbol, UnknownReason::kIndirectJump);
    }
  }
  std::sort(entered_.begin(), entered_.end());
  std::sort(doors_.begin(), doors_.end());
}

bool CallValues::IsEntered(uint64_t first, uint64_t last) const {
  const auto next = std::upper_bound(doors_.begin(), doors_.end(), first);
  return next != doors_.end() && *next <= last;
}

CodeContext CallValues::ContextOf(uint32_t group, bool* volatile_stack) const {
  CodeContext context;
  context.entry = model_.scans()[group].range.begin;
  for (uint32_t part : model_.PartsOf(group)) {
    const RangeScan& scan = model_.scans()[part];
    auto entered = std::lower_bound(
        entered_.begin(), entered_.end(), scan.range.begin,
        [](const auto& entry, uint64_t a) { return entry.first < a; });
    for (; entered != entered_.end() && entered->first < scan.range.end;
         ++entered) {
      context.entered.push_back(*entered);
    }
    const auto targets = model_.jump_targets(part);
    context.jump_targets.insert(context.jump_targets.end(), targets.begin(),
                                targets.end());
    for (const Transfer& transfer : scan.transfers) {
      if (transfer.flow != Flow::kCall &&
          transfer.flow != Flow::kIndirectCall) {
        continue;
      }
      const Destination destination = model_.ResolveCall(transfer);
      if (!model_.Returns(destination)) {
        context.no_return_calls.push_back(transfer.from);
      }
      if (model_.ReturnsTwice(destination)) *volatile_stack = true;
    }
  }
  std::sort(context.jump_targets.begin(), context.jump_targets.end());
  return context;
}

void CallValues::Want(uint32_t group) {
  if (wanted_[group]) return;
  wanted_[group] = true;
  queue_.push_back(group);
}

void CallValues::Run(Keep keep) {
  IndexCalls();
  IndexEntered();
  for (;;) {
    if (!queue_.empty()) {
      const uint32_t group = queue_.back();
      queue_.pop_back();
      Evaluate(group, keep);
    } else if (!changed_.empty()) {
      const uint32_t group = changed_.back();
      changed_.pop_back();
      for (const Caller& caller : callers_[group]) {
        // If it was not looked into yet, it passes on what it has by then.
        Want(caller.group);
        PassOn(caller, matter_[group]);
      }
    } else {
      return;
    }
  }
}

void CallValues::Evaluate(uint32_t group, Keep keep) {
  std::vector<Instruction> instructions;
  for (uint32_t part : model_.PartsOf(group)) {
    DecodeRange(model_.image(), model_.scans()[part].range, &instructions);
  }
  if (instructions.empty() || instructions.size() > kMaxInstructions) return;
  ++evaluated_count_;
  bool volatile_stack = false;
  const CodeContext context = ContextOf(group, &volatile_stack);
  const Code code(std::move(instructions), context);
  pool_.Clear();
  VisitStates(
      code, volatile_stack, pool_, interpreter_,
      [&](const Instruction& instruction, const MachineState& state) {
        if (IsSystemCall(instruction.flow)) {
          AddSite(instruction, state, group, keep);
        } else if (IsCallLike(instruction.flow)) {
          AddCall(instruction, state, group, keep);
        }
      },
      [&](const Instruction& instruction) {
        if (instruction.flow != Flow::kNext) {
          never_.insert(instruction.address);
        }
      });
}

uint8_t CallValues::ParametersIn(ValueId value) const {
  const ValueNode& node = pool_.node(value);
  switch (node.form) {
    case ValueForm::kParameter:
      return static_cast<uint8_t>(1u << node.number);
    case ValueForm::kCast:
      return ParametersIn(node.left);
    case ValueForm::kBinary:
      return ParametersIn(node.left) | ParametersIn(node.right);
    case ValueForm::kJoin: {
      uint8_t all = 0;
      for (ValueId member : pool_.Members(value)) all |= ParametersIn(member);
      return all;
    }
    default:
      return 0;
  }
}

void CallValues::AddSite(const Instruction& instruction,
                         const MachineState& state, uint32_t group, Keep keep) {
  const auto& registers =
      instruction.flow == Flow::kInt80 ? kInt80Registers : kSystemCallRegisters;
  // The kernel looks at the low half of the number only.
  const ValueId number =
      pool_.Extend(state.registers[kRax], 4, /*is_signed=*/true);
  SiteValues& site = sites_[instruction.address];
  site.number = keep(pool_, number);
  uint8_t matter = ParametersIn(number);
  bool open = false;
  std::array<bool, kArgumentCount> ruled{};
  for (ValueId member : pool_.Members(number)) {
    open |= !pool_.IsConstant(member);
    for (int i = 0; i < kArgumentCount; ++i) {
      ruled[i] |=
          syscalls::IsRuled(static_cast<int>(pool_.node(member).number), i);
    }
  }
  for (int i = 0; i < kArgumentCount; ++i) {
    const ValueId argument = state.registers[registers[i]];
    site.arguments[i] = keep(pool_, argument);
    if (open || ruled[i]) matter |= ParametersIn(argument);
  }
  AddMatter(group, matter);
}

void CallValues::AddCall(const Instruction& instruction,
                         const MachineState& state, uint32_t group, Keep keep) {
  const Transfer* transfer = TransferAt(instruction.address, group);
  if (transfer == nullptr) return;
  const Destination destination = model_.ResolveCall(*transfer);
  if (IsOpenCall(instruction.flow, destination)) {
    callees_[instruction.address] =
        keep(pool_, interpreter_.Read(instruction, instruction.source,
                                      kPointerWidth, state));
  }
  if (destination.kind == Destination::Kind::kNothing) return;
  const bool call = instruction.flow == Flow::kCall ||
                    instruction.flow == Flow::kIndirectCall;
  if (!call && destination.IsFunction() &&
      model_.GroupOf(destination.index) == group) {
    return;
  }
  CallArguments& out = calls_[instruction.address];
  for (uint32_t i = 0; i < kParameterCount; ++i) {
    const ValueId argument =
        i < kRegisterParameters
            ? state.registers[kCallRegisters[i]]
            : interpreter_.StackArgument(instruction, i - kRegisterParameters,
                                         /*jumps=*/!call, state);
    if (i >= kRegisterParameters && !pool_.IsUnknown(argument)) {
      out.count = i + 1;
    }
    out.arguments[i] = keep(pool_, argument);
    out.parameters[i] = ParametersIn(argument);
  }
  if (destination.kind == Destination::Kind::kSymbol) {
    const int name =
        NameArgument(model_.image().symbols()[destination.index].name);
    if (name >= 0) {
      AddNames(instruction.address, state.registers[kCallRegisters[name]]);
    }
  }
  PassOn({group, instruction.address}, MatterAt(destination));
}

const Transfer* CallValues::TransferAt(uint64_t address, uint32_t group) const {
  for (uint32_t part : model_.PartsOf(group)) {
    const auto& transfers = model_.scans()[part].transfers;
    auto at = std::lower_bound(
        transfers.begin(), transfers.end(), address,
        [](const Transfer& t, uint64_t a) { return t.from < a; });
    if (at != transfers.end() && at->from == address) return &*at;
  }
  return nullptr;
}

// Only what nobody can write to is a name.
void CallValues::AddNames(uint64_t address, ValueId value) {
  std::vector<std::string> names;
  for (ValueId member : pool_.Members(value)) {
    const ValueNode& node = pool_.node(member);
    if (node.form != ValueForm::kAddress && node.form != ValueForm::kConstant) {
      return;
    }
    const auto place = static_cast<uint64_t>(node.number);
    // Null: the program itself.
    if (place == 0) {
      names.emplace_back();
      continue;
    }
    const ImageSegment* segment = model_.image().SegmentAt(place);
    if (segment == nullptr || segment->writable) return;
    const absl::string_view bytes = model_.image().BytesFrom(place);
    const size_t end = bytes.find('\0');
    if (end == absl::string_view::npos) return;
    names.emplace_back(bytes.substr(0, end));
  }
  std::sort(names.begin(), names.end());
  names_[address] = std::move(names);
}

uint8_t CallValues::MatterAt(const Destination& destination) const {
  uint8_t matter = 0;
  if (destination.kind == Destination::Kind::kSymbol) {
    matter = static_cast<uint8_t>(
        WantedArguments(model_.image().symbols()[destination.index].name));
  }
  const int64_t callee = CalleeOf(destination);
  if (callee >= 0) matter |= matter_[static_cast<size_t>(callee)];
  return matter;
}

void CallValues::PassOn(const Caller& call, uint8_t matter) {
  auto found = calls_.find(call.address);
  if (found == calls_.end()) return;
  uint8_t parameters = 0;
  for (uint32_t i = 0; i < kParameterCount; ++i) {
    if ((matter >> i & 1) != 0) parameters |= found->second.parameters[i];
  }
  AddMatter(call.group, parameters);
}

void CallValues::AddMatter(uint32_t group, uint8_t parameters) {
  if ((matter_[group] | parameters) == matter_[group]) return;
  matter_[group] |= parameters;
  changed_.push_back(group);
}

bool CallValues::IsOpenCall(Flow flow, const Destination& destination) const {
  return model_.image().kind() == ImageKind::kRelocatable &&
         (flow == Flow::kIndirectCall || flow == Flow::kIndirectJump) &&
         (destination.kind == Destination::Kind::kNothing ||
          destination.kind == Destination::Kind::kData);
}

const uint32_t* CallValues::CalleeAt(uint64_t address) const {
  auto found = callees_.find(address);
  return found == callees_.end() ? nullptr : &found->second;
}

const SiteValues* CallValues::SiteAt(uint64_t address) const {
  auto found = sites_.find(address);
  return found == sites_.end() ? nullptr : &found->second;
}

const std::vector<std::string>* CallValues::NamesAt(uint64_t address) const {
  auto found = names_.find(address);
  return found == names_.end() ? nullptr : &found->second;
}

const CallArguments* CallValues::CallAt(uint64_t address) const {
  auto found = calls_.find(address);
  return found == calls_.end() ? nullptr : &found->second;
}

}  // namespace chestnut::binalyzer
