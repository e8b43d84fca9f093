#include "facts/reader.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace chestnut::facts {
namespace {

// Sizes of a unit's tables, and the first index found out of range.
class IndexChecker {
 public:
  explicit IndexChecker(const Unit& unit)
      : unit_(unit),
        strings_(Size(unit.strings())),
        symbols_(Size(unit.symbols())),
        signatures_(Size(unit.signatures())),
        records_(Size(unit.records())),
        values_(Size(unit.values())) {}

  absl::Status Check() {
    CheckTables();
    CheckModule();
    CheckValues();
    if (unit_.functions() != nullptr) {
      for (const Function* function : *unit_.functions()) {
        CheckFunction(*function);
      }
    }
    if (unit_.objects() != nullptr) {
      for (const DataObject* object : *unit_.objects()) CheckObject(*object);
    }
    if (bad_ == nullptr) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "corrupt facts: ", bad_, " ", bad_index_, " of ", bad_size_));
  }

 private:
  template <typename Vector>
  static uint32_t Size(const Vector* vector) {
    return vector == nullptr ? 0 : vector->size();
  }

  void Require(const char* what, uint32_t index, uint32_t size) {
    if (index < size || bad_ != nullptr) return;
    bad_ = what;
    bad_index_ = index;
    bad_size_ = size;
  }
  void Optional(const char* what, uint32_t index, uint32_t size) {
    if (index != kNone) Require(what, index, size);
  }
  void String(uint32_t index) { Require("string", index, strings_); }
  void Symbol(uint32_t index) { Require("symbol", index, symbols_); }
  void ValueIndex(uint32_t index) { Require("value", index, values_); }

  template <typename Vector, typename Check>
  void Each(const Vector* vector, Check check) {
    if (vector == nullptr) return;
    for (auto entry : *vector) check(entry);
  }

  void CheckTables() {
    String(unit_.name());
    String(unit_.target());
    String(unit_.producer());
    String(unit_.language());
    String(unit_.content_digest());
    Each(unit_.errors(), [&](uint32_t index) { String(index); });
    Each(unit_.symbols(), [&](const facts::Symbol* symbol) {
      String(symbol->name());
      Optional("symbol", symbol->alias_of(), symbols_);
      Optional("symbol", symbol->ifunc_resolver(), symbols_);
      Optional("string", symbol->version(), strings_);
    });
    Each(unit_.signatures(), [&](const Signature* signature) {
      String(signature->key());
      String(signature->text());
    });
    Each(unit_.records(), [&](const Record* record) {
      String(record->name());
      String(record->layout());
      Each(record->fields(), [&](const RecordField* field) {
        String(field->name());
        Optional("signature", field->signature(), signatures_);
        Optional("record", field->record(), records_);
      });
    });
    Each(unit_.roots(), [&](const Root* root) { Symbol(root->symbol()); });
    Each(unit_.needs(), [&](const Need* need) {
      String(need->function());
      Optional("string", need->name(), strings_);
      String(need->file());
    });
  }

  void CheckModule() {
    // Another kind could mean anything: facts of a later version.
    Require("unit kind", static_cast<uint32_t>(unit_.kind()),
            static_cast<uint32_t>(UnitKind::MAX) + 1);
    const Module* module = unit_.module_();
    if ((module != nullptr) != (unit_.kind() == UnitKind::module_)) {
      Require("module table", module == nullptr ? 0 : 1, 0);
    }
    if (module == nullptr) return;
    Require("module type", static_cast<uint32_t>(module->type()),
            static_cast<uint32_t>(ModuleType::MAX) + 1);
    Optional("string", module->soname(), strings_);
    Optional("string", module->build_id(), strings_);
    Each(module->needed(), [&](uint32_t index) { String(index); });
    Optional("string", module->rpath(), strings_);
    Optional("string", module->runpath(), strings_);
    Optional("string", module->interpreter(), strings_);
  }

  // Operands come before their users, which also excludes cycles.
  void CheckValues() {
    for (uint32_t i = 0; i < values_; ++i) {
      const Value& value = *unit_.values()->Get(i);
      switch (value.kind()) {
        case ValueKind::unknown:
          String(value.a());
          String(value.b());
          break;
        case ValueKind::global:
        case ValueKind::function_address:
        case ValueKind::object_address:
          Symbol(value.a());
          break;
        case ValueKind::field:
          Require("record", value.a(), records_);
          break;
        case ValueKind::memory:
          Optional("signature", value.a(), signatures_);
          break;
        case ValueKind::method_address:
          String(value.a());
          break;
        case ValueKind::join:
        case ValueKind::binary:
          Require("value operand", value.a(), i);
          Require("value operand", value.b(), i);
          break;
        case ValueKind::cast:
          Require("value operand", value.a(), i);
          break;
        case ValueKind::constant:
        case ValueKind::parameter:
        case ValueKind::local:
        case ValueKind::call_result:
          break;
        default:
          Require("value kind", static_cast<uint32_t>(value.kind()), 0);
      }
    }
  }

  void CheckFlow(const Flow& flow, uint32_t locals) {
    ValueIndex(flow.value());
    Optional("signature", flow.signature(), signatures_);
    switch (flow.sink()) {
      case SinkKind::local:
        Require("local", flow.a(), locals);
        break;
      case SinkKind::global:
        Symbol(flow.a());
        break;
      case SinkKind::field:
        Require("record", flow.a(), records_);
        break;
      case SinkKind::memory:
      case SinkKind::result:
      case SinkKind::escape:
      case SinkKind::untyped:
        break;
      default:
        Require("sink kind", static_cast<uint32_t>(flow.sink()), 0);
    }
  }

  void CheckCall(const Call& call) {
    Optional("symbol", call.symbol(), symbols_);
    Optional("value", call.callee(), values_);
    Optional("signature", call.signature(), signatures_);
    Optional("string", call.method(), strings_);
    Each(call.arguments(), [&](uint32_t value) { ValueIndex(value); });
    String(call.file());
    if (call.kind() == CallKind::direct) Symbol(call.symbol());
    if (call.kind() == CallKind::indirect) ValueIndex(call.callee());
    if (call.kind() == CallKind::virtual_) String(call.method());
    if (call.kind() > CallKind::MAX) {
      Require("call kind", static_cast<uint32_t>(call.kind()), 0);
    }
  }

  // What becomes of a pointer without type names no record.
  static bool IsUntypedUse(const RecordConversion& conversion) {
    return conversion.a() == kNone &&
           (conversion.use() == RecordUse::to_kernel ||
            conversion.use() == RecordUse::to_assembly ||
            conversion.use() == RecordUse::copied_raw);
  }

  // What functions and objects have in common.
  template <typename Entry>
  void CheckReferences(const Entry& entry) {
    Symbol(entry.symbol());
    Each(entry.address_taken(), [&](uint32_t symbol) { Symbol(symbol); });
    Each(entry.methods_taken(), [&](uint32_t method) { String(method); });
    Each(entry.objects(), [&](uint32_t symbol) { Symbol(symbol); });
    Each(entry.casts(), [&](const SignatureCast* cast) {
      Optional("signature", cast->from(), signatures_);
      Optional("signature", cast->to(), signatures_);
    });
    Each(entry.conversions(), [&](const RecordConversion* conversion) {
      if (!IsUntypedUse(*conversion)) {
        Require("record", conversion->a(), records_);
      }
      if (conversion->use() == RecordUse::reinterpreted) {
        Require("record", conversion->b(), records_);
      }
    });
  }

  void CheckOpened(const AddressTakenPlace& place, uint32_t locals) {
    Optional("signature", place.signature(), signatures_);
    switch (place.kind()) {
      case OpenKind::field:
        Require("record", place.a(), records_);
        break;
      case OpenKind::global:
        Symbol(place.a());
        break;
      case OpenKind::local:
        Require("local", place.a(), locals);
        break;
      case OpenKind::parameter:
        break;
      default:
        Require("place kind", static_cast<uint32_t>(place.kind()), 0);
    }
  }

  void CheckFunction(const Function& function) {
    CheckReferences(function);
    Optional("signature", function.signature(), signatures_);
    Optional("string", function.supplements_file(), strings_);
    String(function.file());
    Each(function.calls(), [&](const Call* call) { CheckCall(*call); });
    Each(function.flows(),
         [&](const Flow* flow) { CheckFlow(*flow, function.locals()); });
    Each(function.opened(), [&](const AddressTakenPlace* place) {
      CheckOpened(*place, function.locals());
    });
    Each(function.sites(), [&](const SyscallSite* site) {
      ValueIndex(site->number());
      Require("site arguments", Size(site->arguments()), 7);
      Each(site->arguments(), [&](uint32_t value) { ValueIndex(value); });
      String(site->file());
    });
  }

  void CheckObject(const DataObject& object) {
    CheckReferences(object);
    Optional("string", object.section(), strings_);
    Each(object.flows(), [&](const Flow* flow) { CheckFlow(*flow, 0); });
    Each(object.opened(),
         [&](const AddressTakenPlace* place) { CheckOpened(*place, 0); });
    Each(object.overrides(), [&](const Override* entry) {
      String(entry->method());
      Symbol(entry->overrider());
    });
  }

  const Unit& unit_;
  const uint32_t strings_, symbols_, signatures_, records_, values_;
  const char* bad_ = nullptr;
  uint32_t bad_index_ = 0;
  uint32_t bad_size_ = 0;
};

}  // namespace

absl::Status CheckIndices(const Unit& unit) {
  return IndexChecker(unit).Check();
}

std::string UnitView::Place(uint32_t file, uint32_t line) const {
  if (!IsModule()) return absl::StrCat(String(file), ":", line);
  absl::string_view module = String(file);
  if (module.empty()) module = name();
  return absl::StrCat(module, "+0x", absl::Hex(line));
}

absl::StatusOr<UnitView> UnitView::Create(
    std::shared_ptr<const std::string> bytes, absl::string_view origin) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes->data());
  // The generated identifier check reads 8 bytes.
  if (bytes->size() < 8 || !UnitBufferHasIdentifier(data)) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin, ": not a Chestnut facts unit"));
  }
  flatbuffers::Verifier verifier(data, bytes->size(), /*max_depth=*/16,
                                 /*max_tables=*/100'000'000);
  if (!VerifyUnitBuffer(verifier)) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin, ": facts are truncated or corrupt"));
  }
  const Unit* unit = GetUnit(data);
  if (unit->schema_major() != kSchemaMajor) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin, ": facts of schema version ", unit->schema_major(),
                     ", this Chestnut reads ", kSchemaMajor,
                     "; rebuild the objects with one version"));
  }
  absl::Status checked = CheckIndices(*unit);
  if (!checked.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin, ": ", checked.message()));
  }
  return UnitView(std::move(bytes), unit);
}

}  // namespace chestnut::facts
