#include "binalyzer/module_model.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "binalyzer/function_groups.h"
#include "binalyzer/jump_tables.h"
#include "binalyzer/known_functions.h"
#include "binalyzer/no_return.h"

namespace chestnut::binalyzer {
absl::StatusOr<ModuleModel> ModuleModel::Build(const Image& image) {
  absl::StatusOr<FunctionTable> functions = FunctionTable::Find(image);
  if (!functions.ok()) return functions.status();
  ModuleModel model;
  model.image_ = &image;
  model.functions_ = std::make_unique<FunctionTable>(*std::move(functions));
  model.Scan();
  model.RescanGaps();
  const std::vector<uint64_t> references = model.CodeReferences();
  model.objects_ = std::make_unique<DataObjects>(
      DataObjects::Find(image, *model.functions_, references));
  model.FindJumpTables(references);
  model.FindGroups();
  if (absl::Status status = model.ReadExceptionTables(); !status.ok()) {
    return status;
  }
  model.FindReturns();
  return model;
}

// Ranges that are somebody's business besides those that jump to them.
std::vector<bool> ModuleModel::FindStandalone() const {
  const auto functions = functions_->functions();
  std::vector<bool> standalone(functions.size());
  for (uint32_t i = 0; i < functions.size(); ++i) {
    const FunctionRange& function = functions[i];
    // GCC and LLVM name the parts they move away foo.cold, foo.cold.1.
    const bool part = absl::StrContains(function.name, ".cold");
    standalone[i] = IsPlt(i) || function.source == FunctionSource::kStartup ||
                    (!function.name.empty() && !part);
  }
  auto mark = [&](uint64_t address) {
    const int64_t index = functions_->IndexAt(address);
    if (index >= 0) standalone[static_cast<size_t>(index)] = true;
  };
  for (uint32_t i = 0; i < scans_.size(); ++i) {
    for (const CodeReference& reference : scans_[i].references) {
      if (reference.kind == ReferenceKind::kJump) continue;
      if (functions[i].range.contains(reference.address)) continue;
      mark(reference.address);
    }
  }
  for (uint32_t i = 0; i < objects_->objects().size(); ++i) {
    for (const DataReference& reference : objects_->References(i)) {
      // Tables that switches jump by are seen from the jump.
      if (!reference.guessed) mark(reference.target);
    }
  }
  for (const ImageRelocation& relocation : image_->relocations()) {
    const auto target = image_->TargetOf(relocation);
    if (target.has_value() && IsSlot(relocation.address)) mark(*target);
  }
  mark(image_->entry());
  return standalone;
}

int64_t ModuleModel::FallsInto(uint32_t function) const {
  const RangeScan& scan = scans_[function];
  if (!scan.falls_through) return -1;
  const int64_t next = functions_->IndexAt(scan.range.end);
  if (next < 0 || IsPlt(static_cast<uint32_t>(next))) return -1;
  return next;
}

void ModuleModel::FindGroups() {
  std::vector<RangeJump> jumps;
  auto add = [&](uint32_t from, int64_t to) {
    if (to >= 0 && static_cast<uint32_t>(to) != from &&
        !IsPlt(static_cast<uint32_t>(to))) {
      jumps.push_back({from, static_cast<uint32_t>(to)});
    }
  };
  for (uint32_t i = 0; i < scans_.size(); ++i) {
    for (const CodeReference& reference : scans_[i].references) {
      if (reference.kind != ReferenceKind::kJump) continue;
      if (reference.symbol != kNoSymbol) continue;
      add(i, functions_->IndexAt(reference.address));
    }
    for (uint64_t target : jump_targets_[i]) {
      add(i, functions_->IndexAt(target));
    }
    // After a call at its end most ranges do not go on; if this one does, the
    // next is a function of its own that it reaches.
    if (!scans_[i].ends_in_call) add(i, FallsInto(i));
  }
  const auto count = static_cast<uint32_t>(scans_.size());
  groups_ = GroupRanges(count, FindStandalone(), jumps);
  parts_.resize(count);
  for (uint32_t i = 0; i < count; ++i) parts_[groups_[i]].push_back(i);
  for (const std::vector<uint32_t>& parts : parts_) {
    if (parts.size() > 1) JoinJumpTargets(parts);
  }
}

// One part may load the table that another jumps by.
void ModuleModel::JoinJumpTargets(absl::Span<const uint32_t> parts) {
  RangeScan all;
  for (uint32_t part : parts) {
    const RangeScan& scan = scans_[part];
    all.has_indirect_jump |= scan.has_indirect_jump;
    all.references.insert(all.references.end(), scan.references.begin(),
                          scan.references.end());
  }
  const std::vector<uint64_t> targets =
      FindJumpTargets(*image_, *functions_, all, referenced_);
  for (uint32_t part : parts) {
    if (scans_[part].has_indirect_jump) jump_targets_[part] = targets;
  }
}

absl::Status ModuleModel::ReadExceptionTables() {
  const auto frames = functions_->frames();
  for (uint32_t i = 0; i < frames.size(); ++i) {
    if (frames[i].language_data == 0) continue;
    absl::StatusOr<LanguageData> data = ReadLanguageData(*image_, frames[i]);
    if (!data.ok()) return data.status();
    unwinding_.emplace(i, *std::move(data));
  }
  return absl::OkStatus();
}

const LanguageData& ModuleModel::unwinding(uint32_t function) const {
  static const auto* const kNothing = new LanguageData();
  auto found = unwinding_.find(functions_->functions()[function].frame);
  return found == unwinding_.end() ? *kNothing : found->second;
}

const FrameEntry* ModuleModel::FrameOf(uint32_t function) const {
  const uint32_t frame = functions_->functions()[function].frame;
  return frame == kNoFrame ? nullptr : &functions_->frames()[frame];
}

void ModuleModel::FindReturns() { returns_ = FindReturning(*this); }

bool ModuleModel::Returns(const Destination& destination) const {
  switch (destination.kind) {
    case Destination::Kind::kFunction:
      return Returns(destination.index);
    case Destination::Kind::kSymbol:
      return !NeverReturns(image_->symbols()[destination.index].name);
    default:
      return true;
  }
}

bool ModuleModel::ReturnsTwice(const Destination& destination) const {
  if (destination.kind == Destination::Kind::kSymbol) {
    return binalyzer::ReturnsTwice(image_->symbols()[destination.index].name);
  }
  if (!destination.IsFunction()) return false;
  const uint64_t address =
      functions_->functions()[destination.index].range.begin;
  for (uint32_t symbol : functions_->SymbolsAt(address)) {
    if (binalyzer::ReturnsTwice(image_->symbols()[symbol].name)) return true;
  }
  return false;
}

bool ModuleModel::IsSlot(uint64_t address) const {
  const auto got = objects_->got();
  auto after = std::upper_bound(
      got.begin(), got.end(), address,
      [](uint64_t a, const AddressRange& range) { return a < range.begin; });
  return after != got.begin() && std::prev(after)->contains(address);
}

Destination ModuleModel::ResolvePointer(const Image::Pointer& pointer) const {
  Destination result;
  if (pointer.symbol != kNoSymbol) {
    const ImageSymbol& symbol = image_->symbols()[pointer.symbol];
    if (!symbol.defined || symbol.exported ||
        symbol.binding != SymbolBinding::kLocal) {
      result.kind = Destination::Kind::kSymbol;
      result.index = pointer.symbol;
      return result;
    }
  }
  if (pointer.address == 0) return result;
  result = Resolve(pointer.address, kNoSymbol);
  if (pointer.by_resolver && result.IsFunction()) {
    result.kind = Destination::Kind::kResolver;
  }
  return result;
}

Destination ModuleModel::ResolveSlot(uint64_t slot) const {
  const auto pointer = image_->PointerAt(slot);
  if (!pointer.has_value()) return {};
  return ResolvePointer(*pointer);
}

Destination ModuleModel::Resolve(uint64_t address, uint32_t symbol) const {
  Destination result;
  result.address = address;
  if (symbol == kNoSymbol) symbol = image_->ExternAt(address);
  if (symbol != kNoSymbol) {
    result.kind = Destination::Kind::kSymbol;
    result.index = symbol;
    return result;
  }
  const int64_t index = functions_->IndexAt(address);
  if (index < 0) {
    if (image_->SegmentAt(address) != nullptr) {
      result.kind = Destination::Kind::kData;
    }
    return result;
  }
  result.index = static_cast<uint32_t>(index);
  if (IsPlt(result.index)) {
    const PltStub* stub = image_->PltStubAt(address);
    if (stub == nullptr || stub->kind == PltStubKind::kLazyHeader) return {};
    if (stub->symbol != kNoSymbol) {
      result.kind = Destination::Kind::kSymbol;
      result.index = stub->symbol;
      return result;
    }
    const bool by_resolver = stub->by_resolver;
    const int64_t target = functions_->IndexAt(stub->target);
    if (target < 0 || IsPlt(static_cast<uint32_t>(target))) return {};
    result.index = static_cast<uint32_t>(target);
    result.kind = by_resolver ? Destination::Kind::kResolver
                              : Destination::Kind::kFunction;
    result.address = stub->target;
    result.inside =
        functions_->functions()[result.index].range.begin != stub->target;
    return result;
  }
  result.kind = Destination::Kind::kFunction;
  result.inside = functions_->functions()[result.index].range.begin != address;
  return result;
}

Destination ModuleModel::ResolveCall(const Transfer& transfer) const {
  switch (transfer.flow) {
    case Flow::kCall:
    case Flow::kJump:
    case Flow::kBranch:
      return Resolve(transfer.target, transfer.symbol);
    case Flow::kIndirectCall:
    case Flow::kIndirectJump:
      if (transfer.target != 0 && IsSlot(transfer.target)) {
        return ResolveSlot(transfer.target);
      }
      return {};
    default:
      return {};
  }
}

}  // namespace chestnut::binalyzer
