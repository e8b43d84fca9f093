#include "binalyzer/function_facts.h"

#include <algorithm>
#include <utility>

#include "binalyzer/known_functions.h"
#include "binalyzer/object_facts.h"
#include "facts/executing.h"

namespace chestnut::binalyzer {
namespace {

void SortUnique(std::vector<uint32_t>* values) {
  std::sort(values->begin(), values->end());
  values->erase(std::unique(values->begin(), values->end()), values->end());
}

facts::SiteKind KindOf(Flow flow) {
  switch (flow) {
    case Flow::kSysenter:
      return facts::SiteKind::sysenter;
    case Flow::kInt80:
      return facts::SiteKind::int80;
    default:
      return facts::SiteKind::syscall;
  }
}

uint32_t LineOf(uint64_t address) { return static_cast<uint32_t>(address); }

}  // namespace

std::unique_ptr<facts::FunctionT> FunctionFacts::Make(uint32_t group) {
  group_ = group;
  out_ = std::make_unique<facts::FunctionT>();
  plain_calls_.clear();
  taken_.clear();
  data_.clear();
  forward_.clear();
  objects_.clear();
  opened_.clear();
  out_->symbol = symbols_.Function(group);
  out_->line = LineOf(model_.scans()[group].range.begin);
  out_->untyped = true;
  for (uint32_t part : model_.PartsOf(group)) {
    AddTransfers(part);
    AddReferences(part);
    AddSites(part);
    AddUnwinding(part);
  }
  AddWrites();
  AddObjects();
  SortUnique(&taken_);
  SortUnique(&objects_);
  SortUnique(&opened_);
  out_->address_taken = taken_;
  out_->objects = objects_;
  for (uint32_t symbol : opened_) {
    out_->opened.push_back(facts::AddressTakenPlace(facts::OpenKind::global,
                                                    symbol, 0, facts::kNone));
  }
  return std::move(out_);
}

void FunctionFacts::AddTransfers(uint32_t part) {
  const RangeScan& scan = model_.scans()[part];
  for (const Transfer& transfer : scan.transfers) {
    if (!values_.NeverRuns(transfer.from)) AddTransfer(transfer);
  }
  for (uint64_t target : model_.jump_targets(part)) {
    AddJump(target, scan.range.begin, nullptr);
  }
  const int64_t next = model_.FallsInto(part);
  if (next < 0 || EndsInCallOfItsEntry(part, next)) return;
  // A call at the end that returns would go on; compilers put something there.
  const bool returns = !scan.ends_in_call || scan.transfers.empty() ||
                       model_.ResolveCall(scan.transfers.back()).IsFunction();
  if (returns && (!scan.ends_in_call ||
                  model_.Returns(model_.ResolveCall(scan.transfers.back())))) {
    AddJump(scan.range.end, scan.range.end - 1, nullptr);
  }
}

void FunctionFacts::AddTransfer(const Transfer& transfer) {
  switch (transfer.flow) {
    case Flow::kCall:
    case Flow::kIndirectCall:
    case Flow::kIndirectJump: {
      const Destination destination = model_.ResolveCall(transfer);
      AddCallTo(destination, transfer.from, values_.CallAt(transfer.from));
      AddNeed(destination, transfer.from);
      if (values_.IsOpenCall(transfer.flow, destination)) AddOpenCall(transfer);
      break;
    }
    case Flow::kJump:
    case Flow::kBranch:
      if (transfer.symbol != kNoSymbol) {
        AddCallTo(model_.ResolveCall(transfer), transfer.from,
                  values_.CallAt(transfer.from));
      } else {
        AddJump(transfer.target, transfer.from, values_.CallAt(transfer.from));
      }
      break;
    default:
      break;
  }
}

bool FunctionFacts::IsNamed(bool (*has)(absl::string_view name)) const {
  const auto symbols =
      model_.functions().SymbolsAt(model_.scans()[group_].range.begin);
  return std::any_of(symbols.begin(), symbols.end(), [&](uint32_t symbol) {
    return has(model_.image().symbols()[symbol].name);
  });
}

void FunctionFacts::AddWrites() {
  const auto parts = model_.PartsOf(group_);
  const bool writes =
      std::any_of(parts.begin(), parts.end(), [this](uint32_t part) {
        return model_.scans()[part].writes_through_pointers;
      });
  if (!writes || IsNamed(WritesAsDeclared)) return;
  out_->conversions.emplace_back(facts::RecordUse::copied_raw, facts::kNone,
                                 facts::kNone);
}

void FunctionFacts::AddOpenCall(const Transfer& transfer) {
  if (transfer.flow == Flow::kIndirectJump && IsNamed(JumpsBack)) return;
  const uint32_t* callee = values_.CalleeAt(transfer.from);
  auto call = std::make_unique<facts::CallT>();
  call->kind = facts::CallKind::indirect;
  call->line = LineOf(transfer.from);
  call->callee =
      callee != nullptr
          ? *callee
          : builder_.Unknown("values are not followed in code of this size", "",
                             call->line);
  out_->calls.push_back(std::move(call));
}

void FunctionFacts::AddJump(uint64_t target, uint64_t from,
                            const CallArguments* values) {
  const Destination destination = model_.Resolve(target, kNoSymbol);
  if (destination.IsFunction() && model_.GroupOf(destination.index) == group_) {
    return;
  }
  AddCallTo(destination, from, values);
  AddNeed(destination, from);
}

void FunctionFacts::AddCallTo(const Destination& destination, uint64_t address,
                              const CallArguments* values) {
  switch (destination.kind) {
    case Destination::Kind::kFunction:
      AddCall(symbols_.Function(destination.index), address, values);
      break;
    case Destination::Kind::kResolver:
      AddCall(symbols_.Resolved(destination.index), address, values);
      break;
    case Destination::Kind::kSymbol:
      AddCall(symbols_.Named(destination.index), address, values);
      break;
    default:
      break;
  }
}

void FunctionFacts::AddCall(uint32_t symbol, uint64_t address,
                            const CallArguments* values) {
  if (values == nullptr && !plain_calls_.insert(symbol).second) return;
  auto call = std::make_unique<facts::CallT>();
  call->kind = facts::CallKind::direct;
  call->symbol = symbol;
  call->line = LineOf(address);
  if (values != nullptr) {
    call->arguments.assign(values->arguments.begin(),
                           values->arguments.begin() + values->count);
  }
  out_->calls.push_back(std::move(call));
}

void FunctionFacts::AddNeed(const Destination& destination, uint64_t address) {
  if (destination.kind != Destination::Kind::kSymbol) return;
  const absl::string_view name =
      model_.image().symbols()[destination.index].name;
  if (NameArgument(name) < 0 && !facts::FindExecutingFunction(name)) return;
  auto add = [&](uint32_t loaded) {
    auto need = std::make_unique<facts::NeedT>();
    need->function = builder_.String(name);
    need->name = loaded;
    need->line = LineOf(address);
    builder_.unit().needs.push_back(std::move(need));
  };
  const std::vector<std::string>* names = values_.NamesAt(address);
  if (names == nullptr || names->empty()) {
    add(facts::kNone);
    return;
  }
  for (const std::string& loaded : *names) add(builder_.String(loaded));
}

void FunctionFacts::AddReferences(uint32_t part) {
  for (const CodeReference& reference : model_.scans()[part].references) {
    AddReference(reference);
  }
}

void FunctionFacts::AddReference(const CodeReference& reference) {
  switch (reference.kind) {
    case ReferenceKind::kCall:
    case ReferenceKind::kJump:
      return;
    case ReferenceKind::kCallThrough:
    case ReferenceKind::kJumpThrough:
      // A slot is the callee; other words are data.
      if (model_.IsSlot(reference.address)) return;
      break;
    default:
      break;
  }
  if (model_.IsSlot(reference.address)) {
    // `cmp $0,slot` asks whether a weak symbol is there.
    if (reference.kind == ReferenceKind::kTest) return;
    AddTaken(model_.ResolveSlot(reference.address));
    return;
  }
  const Destination destination =
      model_.Resolve(reference.address, reference.symbol);
  if (destination.IsFunction()) {
    // Labels of this very function, and bytes that are only read.
    const bool own = model_.GroupOf(destination.index) == group_ &&
                     (destination.inside || destination.index != group_);
    const bool value = reference.kind == ReferenceKind::kAddress ||
                       reference.kind == ReferenceKind::kAddressOrNumber;
    if (own || !value) return;
  }
  if (destination.kind == Destination::Kind::kData &&
      reference.kind != ReferenceKind::kAddress &&
      reference.kind != ReferenceKind::kAddressOrNumber) {
    AddAccessed(destination.address);
    return;
  }
  if (destination.kind == Destination::Kind::kData && reference.guard != 0 &&
      !values_.IsEntered(reference.guard, reference.from)) {
    forward_.push_back(destination.address);
    return;
  }
  AddTaken(destination);
}

// What stands at an address that an instruction reads or writes is what it
// means, unlike an address made a value, which may be the end of an array.
void FunctionFacts::AddAccessed(uint64_t address) {
  const DataObject* object = model_.objects().ObjectAt(address);
  if (object == nullptr) return;
  const auto index =
      static_cast<uint32_t>(object - model_.objects().objects().data());
  if (interesting_[index]) objects_.push_back(symbols_.Object(index));
}

void FunctionFacts::AddTaken(const Destination& destination) {
  switch (destination.kind) {
    case Destination::Kind::kFunction:
      taken_.push_back(symbols_.Function(destination.index));
      break;
    case Destination::Kind::kResolver:
      taken_.push_back(symbols_.Resolved(destination.index));
      break;
    case Destination::Kind::kSymbol:
      AddNamed(destination.index);
      break;
    case Destination::Kind::kData:
      data_.push_back(destination.address);
      break;
    case Destination::Kind::kNothing:
      break;
  }
}

void FunctionFacts::AddNamed(uint32_t image_symbol) {
  const bool function = symbols_.MayBeFunction(image_symbol);
  const bool object = symbols_.MayBeObject(image_symbol);
  if (!function && !object) return;
  const uint32_t symbol = symbols_.Named(image_symbol);
  if (function) taken_.push_back(symbol);
  if (!object) return;
  objects_.push_back(symbol);
  // Whoever else knows its content must not count on it.
  opened_.push_back(symbol);
}

void FunctionFacts::AddObjects() {
  std::sort(data_.begin(), data_.end());
  data_.erase(std::unique(data_.begin(), data_.end()), data_.end());
  const auto objects = model_.objects().objects();
  for (uint64_t address : data_) {
    const auto found = model_.objects().ObjectsFor(address);
    for (uint32_t object : found) {
      if (!interesting_[object] ||
          (found.size() > 1 && IsOnlyTouched(objects[object], address))) {
        continue;
      }
      objects_.push_back(symbols_.Object(object));
    }
  }
  for (uint64_t address : forward_) {
    for (uint32_t object : model_.objects().ObjectsFor(address)) {
      if (!interesting_[object] || objects[object].range.end == address) {
        continue;
      }
      objects_.push_back(symbols_.Object(object));
    }
  }
}

// The end of a set that the linker puts together is the begin of what follows.
// Whoever walks the set has its begin, too.
bool FunctionFacts::IsOnlyTouched(const DataObject& object,
                                  uint64_t address) const {
  if (address != object.range.end || !HasBorderSymbols(object.section)) {
    return false;
  }
  auto first = std::lower_bound(data_.begin(), data_.end(), object.range.begin);
  return *first == address;
}

// Compilers end what one unwind entry describes with a call only if it does not
// return, whatever is known of the callee.
bool FunctionFacts::EndsInCallOfItsEntry(uint32_t part, int64_t next) const {
  if (!model_.scans()[part].ends_in_call) return false;
  const FunctionTable& functions = model_.functions();
  const FunctionRange& range = functions.functions()[part];
  const FunctionRange& after = functions.functions()[static_cast<size_t>(next)];
  return range.frame != kNoFrame && after.frame != kNoFrame &&
         functions.frames()[range.frame].range.end == range.range.end &&
         functions.frames()[after.frame].range.begin == after.range.begin;
}

void FunctionFacts::AddSites(uint32_t part) {
  for (const SystemCallInstruction& instruction : model_.scans()[part].sites) {
    if (values_.NeverRuns(instruction.address)) continue;
    auto site = std::make_unique<facts::SyscallSiteT>();
    site->kind = KindOf(instruction.flow);
    site->line = LineOf(instruction.address);
    if (const SiteValues* values = values_.SiteAt(instruction.address);
        values != nullptr) {
      site->number = values->number;
      site->arguments.assign(values->arguments.begin(),
                             values->arguments.end());
    } else {
      const uint32_t unknown = builder_.Unknown(
          "values are not followed in code of this size", "", site->line);
      site->number = unknown;
      site->arguments.assign(kArgumentCount, unknown);
    }
    out_->sites.push_back(std::move(site));
  }
}

// The unwinder calls the personality routine and goes on at landing pads, while
// it is in a function; handlers name the types that they catch.
void FunctionFacts::AddUnwinding(uint32_t part) {
  const FrameEntry* frame = model_.FrameOf(part);
  if (frame == nullptr) return;
  const Image::Pointer& personality = frame->personality;
  if (personality.address != 0 || personality.symbol != kNoSymbol) {
    AddCallTo(model_.ResolvePointer(personality),
              model_.scans()[part].range.begin, nullptr);
  }
  const LanguageData& data = model_.unwinding(part);
  for (uint64_t pad : data.landing_pads) {
    AddJump(pad, model_.scans()[part].range.begin, nullptr);
  }
  for (const Image::Pointer& type : data.types) {
    AddTaken(model_.ResolvePointer(type));
  }
}

}  // namespace chestnut::binalyzer
