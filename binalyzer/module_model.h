// Everything that is found out about the code and data of one module before any
// value is followed.
#ifndef CHESTNUT_BINALYZER_MODULE_MODEL_H_
#define CHESTNUT_BINALYZER_MODULE_MODEL_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "binalyzer/data_objects.h"
#include "binalyzer/eh_frame.h"
#include "binalyzer/functions.h"
#include "binalyzer/image.h"
#include "binalyzer/reference_scan.h"

namespace chestnut::binalyzer {

// What an address or a GOT slot that code uses means.
struct Destination {
  enum class Kind : uint8_t {
    kNothing,   // neither code nor data of this image
    kFunction,  // `index` of FunctionTable::functions()
    kResolver,  // the same: what this ifunc resolver returns
    kSymbol,    // `index` of Image::symbols(): whatever the loader binds it to
    kData,      // an address of data
  };
  Kind kind = Kind::kNothing;
  uint32_t index = 0;
  bool inside = false;  // not the function's begin
  uint64_t address = 0;

  bool IsFunction() const { return kind == Kind::kFunction; }
};

class ModuleModel {
 public:
  // `image` must outlive the model. Errors: FunctionTable::Find's and
  // ReadLanguageData's.
  static absl::StatusOr<ModuleModel> Build(const Image& image);

  const Image& image() const { return *image_; }
  const FunctionTable& functions() const { return *functions_; }
  const DataObjects& objects() const { return *objects_; }
  // By function. Of PLT stubs empty.
  absl::Span<const RangeScan> scans() const { return scans_; }
  // Where the indirect jumps of a function lead, by its tables.
  absl::Span<const uint64_t> jump_targets(uint32_t function) const {
    return jump_targets_[function];
  }
  // Whether the object is a table that a switch jumps by: jump_targets has what
  // it holds.
  bool IsSwitchTable(uint32_t object) const { return switch_tables_[object]; }
  // What the unwinder does for a function's sake: where it goes on, and what
  // handlers name. Empty where the function has no exception tables.
  const LanguageData& unwinding(uint32_t function) const;
  // Its unwind table entry, or null.
  const FrameEntry* FrameOf(uint32_t function) const;
  // The function that a range is a part of (function_groups.h), itself for
  // most.
  uint32_t GroupOf(uint32_t function) const { return groups_[function]; }
  // The ranges of the function that `group` stands for, itself among them.
  absl::Span<const uint32_t> PartsOf(uint32_t group) const {
    return parts_[group];
  }
  bool IsPlt(uint32_t function) const {
    return functions_->functions()[function].source == FunctionSource::kPlt;
  }
  // Whether control comes back from a call of the function.
  bool Returns(uint32_t function) const { return returns_[groups_[function]]; }
  bool Returns(const Destination& destination) const;
  // Whether a call of it returns once more later: setjmp, vfork.
  bool ReturnsTwice(const Destination& destination) const;
  // The range that control goes to behind the end of a range, or -1.
  int64_t FallsInto(uint32_t function) const;

  // An address that an instruction uses, with the symbol of its relocation in
  // relocatable objects.
  Destination Resolve(uint64_t address, uint32_t symbol) const;
  // What the word at the address holds, if it is a GOT slot. kData: it is none.
  Destination ResolveSlot(uint64_t slot) const;
  Destination ResolvePointer(const Image::Pointer& pointer) const;
  Destination ResolveCall(const Transfer& transfer) const;
  bool IsSlot(uint64_t address) const;

 private:
  ModuleModel() = default;
  void Scan();
  bool SplitGaps();
  void RescanGaps();
  bool MayBeData(const FunctionRange& function) const;
  absl::Status ReadExceptionTables();
  std::vector<uint64_t> CodeReferences() const;
  void FindSwitchTables(uint32_t function);
  void FindJumpTables(const std::vector<uint64_t>& code_references);
  void FindGroups();
  void JoinJumpTargets(absl::Span<const uint32_t> parts);
  std::vector<bool> FindStandalone() const;
  void FindReturns();
  const Image* image_ = nullptr;
  std::unique_ptr<FunctionTable> functions_;
  std::unique_ptr<DataObjects> objects_;
  std::vector<RangeScan> scans_;
  std::vector<std::vector<uint64_t>> jump_targets_;
  std::vector<uint64_t> referenced_;  // ascending
  std::vector<bool> switch_tables_;
  // By the number of the unwind table entry; those that have any.
  absl::flat_hash_map<uint32_t, LanguageData> unwinding_;
  std::vector<uint32_t> groups_;
  std::vector<std::vector<uint32_t>> parts_;
  std::vector<bool> returns_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_MODULE_MODEL_H_
