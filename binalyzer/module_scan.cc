// The part of ModuleModel that goes through all code.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "binalyzer/jump_tables.h"
#include "binalyzer/module_model.h"

namespace chestnut::binalyzer {
namespace {

constexpr int kMaxSplits = 3;

}  // namespace

void ModuleModel::Scan() {
  std::vector<Instruction> buffer;
  absl::flat_hash_map<uint64_t, RangeScan> known;
  for (int round = 0;; ++round) {
    const auto functions = functions_->functions();
    scans_.clear();
    scans_.resize(functions.size());
    for (uint32_t i = 0; i < functions.size(); ++i) {
      auto scanned = known.find(functions[i].range.begin);
      if (scanned != known.end() &&
          scanned->second.range == functions[i].range) {
        scans_[i] = std::move(scanned->second);
      } else if (IsPlt(i)) {
        scans_[i].range = functions[i].range;
      } else {
        scans_[i] = ScanReferences(*image_, functions[i].range, &buffer);
      }
    }
    // Each round may bring calls to light that padding hid.
    if (round == kMaxSplits || !SplitGaps()) return;
    known.clear();
    for (RangeScan& scan : scans_) {
      const uint64_t begin = scan.range.begin;
      known.emplace(begin, std::move(scan));
    }
  }
}

// Without unwind tables and symbols, calls tell where functions begin.
bool ModuleModel::SplitGaps() {
  std::vector<uint64_t> called;
  for (const RangeScan& scan : scans_) {
    for (const CodeReference& reference : scan.references) {
      if (reference.kind != ReferenceKind::kCall) continue;
      const FunctionRange* function = functions_->FunctionAt(reference.address);
      if (function == nullptr || !FunctionTable::HasGuessedEnd(*function)) {
        continue;
      }
      called.push_back(reference.address);
    }
  }
  std::sort(called.begin(), called.end());
  return functions_->SplitGaps(called);
}

bool ModuleModel::MayBeData(const FunctionRange& function) const {
  if (function.source == FunctionSource::kGap) return true;
  if (function.source != FunctionSource::kSymbol ||
      function.symbol == kNoSymbol) {
    return false;
  }
  // A label of hand-written code, not said to be a function.
  const SymbolKind kind = image_->symbols()[function.symbol].kind;
  return kind == SymbolKind::kNone || kind == SymbolKind::kObject;
}

// Hand-written code keeps tables beside itself. What no unwind table and no
// symbol calls a function, where no call, jump or way on leads, and where bytes
// are no instructions is data, but for what decodes from an address that is
// taken on.
void ModuleModel::RescanGaps() {
  std::vector<bool> doubtful(scans_.size());
  bool any = false;
  for (uint32_t i = 0; i < scans_.size(); ++i) {
    doubtful[i] =
        MayBeData(functions_->functions()[i]) && !scans_[i].undecoded.empty();
    any |= doubtful[i];
  }
  if (!any) return;
  std::vector<std::vector<uint64_t>> entries(scans_.size());
  auto add = [&](uint64_t address) {
    const int64_t index = functions_->IndexAt(address);
    if (index < 0 || !doubtful[static_cast<size_t>(index)]) return;
    entries[static_cast<size_t>(index)].push_back(address);
  };
  for (uint32_t i = 0; i < scans_.size(); ++i) {
    if (doubtful[i]) continue;
    const int64_t next = FallsInto(i);
    if (next >= 0 && !scans_[i].ends_in_call) doubtful[next] = false;
    for (const CodeReference& reference : scans_[i].references) {
      const bool direct = reference.kind == ReferenceKind::kCall ||
                          reference.kind == ReferenceKind::kJump;
      const int64_t index = functions_->IndexAt(reference.address);
      if (direct && index >= 0) doubtful[static_cast<size_t>(index)] = false;
      if (!direct) add(reference.address);
    }
  }
  for (const ImageRelocation& relocation : image_->relocations()) {
    if (auto target = image_->TargetOf(relocation); target.has_value()) {
      add(*target);
    }
  }
  std::vector<Instruction> buffer;
  for (uint32_t i = 0; i < scans_.size(); ++i) {
    if (!doubtful[i]) continue;
    if (functions_->functions()[i].source == FunctionSource::kSymbol) {
      entries[i].push_back(scans_[i].range.begin);
    }
    std::sort(entries[i].begin(), entries[i].end());
    std::vector<uint64_t> undecoded = std::move(scans_[i].undecoded);
    scans_[i] =
        ScanReferencesFrom(*image_, scans_[i].range, entries[i], &buffer);
    scans_[i].undecoded = std::move(undecoded);
  }
}

std::vector<uint64_t> ModuleModel::CodeReferences() const {
  std::vector<uint64_t> addresses;
  for (const RangeScan& scan : scans_) {
    for (const CodeReference& reference : scan.references) {
      if (reference.kind == ReferenceKind::kCall ||
          reference.kind == ReferenceKind::kJump) {
        continue;
      }
      addresses.push_back(reference.address);
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()),
                  addresses.end());
  return addresses;
}

void ModuleModel::FindJumpTables(const std::vector<uint64_t>& code_references) {
  referenced_ = code_references;
  for (uint32_t i = 0; i < objects_->objects().size(); ++i) {
    for (const DataReference& reference : objects_->References(i)) {
      if (!reference.guessed) referenced_.push_back(reference.target);
    }
  }
  std::sort(referenced_.begin(), referenced_.end());
  jump_targets_.resize(scans_.size());
  switch_tables_.resize(objects_->objects().size());
  for (uint32_t i = 0; i < scans_.size(); ++i) {
    jump_targets_[i] =
        FindJumpTargets(*image_, *functions_, scans_[i], referenced_);
    if (!jump_targets_[i].empty()) FindSwitchTables(i);
  }
}

// Those whose first entry leads back into the function that refers to them.
void ModuleModel::FindSwitchTables(uint32_t function) {
  const RangeScan& scan = scans_[function];
  for (const CodeReference& reference : scan.references) {
    if (reference.kind != ReferenceKind::kAddress) continue;
    const DataObject* object = objects_->ObjectAt(reference.address);
    const auto offset = image_->Word32At(reference.address);
    if (object == nullptr || object->range.begin != reference.address ||
        object->writable || !offset.has_value()) {
      continue;
    }
    const auto distance = static_cast<int64_t>(static_cast<int32_t>(*offset));
    const uint64_t target = reference.address + static_cast<uint64_t>(distance);
    if (!scan.range.contains(target) || target == scan.range.begin) continue;
    switch_tables_[static_cast<size_t>(object - objects_->objects().data())] =
        true;
  }
}

}  // namespace chestnut::binalyzer
