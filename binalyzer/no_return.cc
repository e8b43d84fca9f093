#include "binalyzer/no_return.h"

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "binalyzer/known_functions.h"
#include "binalyzer/module_model.h"

namespace chestnut::binalyzer {
namespace {

// A walk over all transfers that control can come to, with the ways on from
// calls held back until the function called is known to return.
class Walk {
 public:
  explicit Walk(const ModuleModel& model) : model_(model) {
    const size_t count = model.scans().size();
    returns_.resize(count);
    first_.reserve(count + 1);
    uint32_t total = 0;
    for (const RangeScan& scan : model.scans()) {
      first_.push_back(total);
      // One more for what is behind the last transfer.
      total += static_cast<uint32_t>(scan.transfers.size()) + 1;
    }
    visited_.resize(total);
  }

  std::vector<bool> Run() {
    for (uint32_t i = 0; i < returns_.size(); ++i) {
      if (model_.IsPlt(i)) {
        returns_[i] = true;
      } else if (model_.GroupOf(i) == i) {
        // Parts are entered by their group.
        Reach(i, i, model_.scans()[i].range.begin);
        for (uint32_t part : model_.PartsOf(i)) {
          for (uint64_t pad : model_.unwinding(part).landing_pads) {
            ReachAnywhere(i, pad);
          }
        }
      }
      Drain();
    }
    return std::move(returns_);
  }

 private:
  // Control comes to the address in range `range` of function `group`.
  void Reach(uint32_t group, uint32_t range, uint64_t address) {
    const auto& transfers = model_.scans()[range].transfers;
    auto at = std::lower_bound(
        transfers.begin(), transfers.end(), address,
        [](const Transfer& t, uint64_t a) { return t.from < a; });
    const auto index = static_cast<uint32_t>(at - transfers.begin());
    if (visited_[first_[range] + index]) return;
    visited_[first_[range] + index] = true;
    queue_.push_back({group, range, index});
  }

  // To an address anywhere.
  void ReachAnywhere(uint32_t group, uint64_t address) {
    const int64_t range = model_.functions().IndexAt(address);
    if (range < 0) return;
    const auto index = static_cast<uint32_t>(range);
    if (model_.GroupOf(index) == group) {
      Reach(group, index, address);
    } else {
      ReturnIf(group, model_.Resolve(address, kNoSymbol));
    }
  }

  // The group returns if the destination of a jump does.
  void ReturnIf(uint32_t group, const Destination& destination) {
    if (!destination.IsFunction()) {
      if (model_.Returns(destination)) MarkReturning(group);
      return;
    }
    const uint32_t callee = model_.GroupOf(destination.index);
    // From the middle on it may do what it does not from its begin on.
    if (returns_[callee] || destination.inside) {
      MarkReturning(group);
    } else {
      tails_[callee].push_back(group);
    }
  }

  void MarkReturning(uint32_t group) {
    if (returns_[group]) return;
    returns_[group] = true;
    returned_.push_back(group);
  }

  struct Point {
    uint32_t group;
    uint32_t range;
    uint32_t index;
  };

  void Drain() {
    for (;;) {
      if (!returned_.empty()) {
        const uint32_t group = returned_.back();
        returned_.pop_back();
        for (uint32_t tail : std::exchange(tails_[group], {})) {
          MarkReturning(tail);
        }
        for (const Point& point : std::exchange(calls_[group], {})) {
          GoOn(point);
        }
      } else if (!queue_.empty()) {
        const Point point = queue_.back();
        queue_.pop_back();
        Visit(point);
      } else {
        return;
      }
    }
  }

  const Transfer& TransferOf(const Point& point) const {
    return model_.scans()[point.range].transfers[point.index];
  }

  void GoOn(const Point& point) {
    const uint64_t end = TransferOf(point).end();
    if (end < model_.scans()[point.range].range.end) {
      Reach(point.group, point.range, end);
    } else {
      ReachAnywhere(point.group, end);
    }
  }

  void Visit(const Point& point) {
    const RangeScan& scan = model_.scans()[point.range];
    if (point.index == scan.transfers.size()) {
      const int64_t next = model_.FallsInto(point.range);
      if (next >= 0) ReachAnywhere(point.group, scan.range.end);
      return;
    }
    const Transfer& transfer = scan.transfers[point.index];
    switch (transfer.flow) {
      case Flow::kReturn:
        MarkReturning(point.group);
        break;
      case Flow::kBranch:
        GoOn(point);
        [[fallthrough]];
      case Flow::kJump:
        if (transfer.symbol != kNoSymbol) {
          ReturnIf(point.group, model_.ResolveCall(transfer));
        } else {
          ReachAnywhere(point.group, transfer.target);
        }
        break;
      case Flow::kIndirectJump:
        ReturnIf(point.group, model_.ResolveCall(transfer));
        for (uint64_t target : model_.jump_targets(point.range)) {
          ReachAnywhere(point.group, target);
        }
        break;
      case Flow::kCall:
      case Flow::kIndirectCall:
        VisitCall(point, model_.ResolveCall(transfer));
        break;
      default:
        break;
    }
  }

  void VisitCall(const Point& point, const Destination& destination) {
    if (!destination.IsFunction()) {
      if (model_.Returns(destination)) GoOn(point);
      return;
    }
    const uint32_t callee = model_.GroupOf(destination.index);
    if (returns_[callee]) {
      GoOn(point);
    } else {
      calls_[callee].push_back(point);
    }
  }

  const ModuleModel& model_;
  std::vector<bool> returns_;
  std::vector<uint32_t> first_;
  std::vector<bool> visited_;
  std::vector<Point> queue_;
  std::vector<uint32_t> returned_;
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> tails_;
  absl::flat_hash_map<uint32_t, std::vector<Point>> calls_;
};

}  // namespace

std::vector<bool> FindReturning(const ModuleModel& model) {
  return Walk(model).Run();
}

}  // namespace chestnut::binalyzer
