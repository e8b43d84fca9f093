// Reads facts that come from outside: object files, caches, other tools.
#ifndef CHESTNUT_FACTS_READER_H_
#define CHESTNUT_FACTS_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "facts/builder.h"
#include "facts/facts_generated.h"

namespace chestnut::facts {

// A checked unit. Everything that unit() leads to is inside the bytes, and
// every index is in range of its table; what an index means (that a local is
// below Function.locals, say) is checked too. Copies share the bytes.
class UnitView {
 public:
  // Checks `bytes` (a FlatBuffer, 8-byte aligned or not) and keeps a copy or
  // the shared owner given. `origin` names the file in error messages.
  // InvalidArgument: not facts, truncated, corrupt, of another major version.
  static absl::StatusOr<UnitView> Create(
      std::shared_ptr<const std::string> bytes, absl::string_view origin);

  const Unit& unit() const { return *unit_; }
  absl::string_view String(uint32_t index) const {
    const flatbuffers::String* text = unit_->strings()->Get(index);
    return absl::string_view(text->c_str(), text->size());
  }
  absl::string_view SymbolName(uint32_t symbol) const {
    return String(unit_->symbols()->Get(symbol)->name());
  }
  absl::string_view name() const { return String(unit_->name()); }
  bool IsModule() const { return unit_->kind() == UnitKind::module_; }
  // A place as people read it: "cp.c:7", in a module "libc.so.6+0xf7e40"
  // (`line` is an offset then; no `file` means the module itself).
  std::string Place(uint32_t file, uint32_t line) const;
  // The FlatBuffer: equal bytes are equal facts.
  absl::string_view bytes() const { return *bytes_; }

 private:
  UnitView(std::shared_ptr<const std::string> bytes, const Unit* unit)
      : bytes_(std::move(bytes)), unit_(unit) {}

  std::shared_ptr<const std::string> bytes_;
  const Unit* unit_;
};

// Checks every index of the unit against its table. Exposed for tests.
absl::Status CheckIndices(const Unit& unit);

}  // namespace chestnut::facts

#endif  // CHESTNUT_FACTS_READER_H_
