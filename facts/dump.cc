#include "facts/dump.h"

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace chestnut::facts {
namespace {

using Json = nlohmann::ordered_json;

std::string Lower(const char* name) {
  std::string text(name);
  if (text.ends_with('_')) text.pop_back();
  return text;
}

class Dumper {
 public:
  explicit Dumper(const UnitView& view) : view_(view), unit_(view.unit()) {}

  Json Dump() {
    Json out;
    out["schema"] =
        absl::StrCat(unit_.schema_major(), ".", unit_.schema_minor());
    out["kind"] = EnumNameUnitKind(unit_.kind());
    out["name"] = String(unit_.name());
    out["target"] = String(unit_.target());
    out["producer"] = String(unit_.producer());
    out["language"] = String(unit_.language());
    out["content_digest"] = String(unit_.content_digest());
    if (unit_.module_() != nullptr) {
      out["module"] = ModuleEntry(*unit_.module_());
    }
    List(out, "errors", unit_.errors(), [&](uint32_t s) { return String(s); });
    List(out, "symbols", unit_.symbols(),
         [&](const Symbol* s) { return SymbolEntry(*s); });
    List(out, "records", unit_.records(),
         [&](const Record* r) { return RecordEntry(*r); });
    List(out, "functions", unit_.functions(),
         [&](const Function* f) { return FunctionEntry(*f); });
    List(out, "objects", unit_.objects(),
         [&](const DataObject* o) { return ObjectEntry(*o); });
    List(out, "roots", unit_.roots(), [&](const Root* root) {
      Json entry;
      entry["kind"] = EnumNameRootKind(root->kind());
      entry["symbol"] = SymbolName(root->symbol());
      if (root->priority() != 0) entry["priority"] = root->priority();
      return entry;
    });
    List(out, "needs", unit_.needs(), [&](const Need* need) {
      Json entry;
      entry["function"] = String(need->function());
      if (need->name() != kNone) entry["name"] = String(need->name());
      entry["place"] = PlaceText(need->file(), need->line());
      return entry;
    });
    return out;
  }

 private:
  std::string String(uint32_t index) const {
    absl::string_view text = view_.String(index);
    return std::string(text.data(), text.size());
  }
  std::string SymbolName(uint32_t symbol) const {
    if (symbol == kNone) return "none";
    return String(unit_.symbols()->Get(symbol)->name());
  }
  std::string SignatureKey(uint32_t signature) const {
    if (signature == kNone) return "untyped";
    return String(unit_.signatures()->Get(signature)->key());
  }
  std::string RecordName(uint32_t record) const {
    const Record* entry = unit_.records()->Get(record);
    return absl::StrCat(String(entry->name()), "#", String(entry->layout()));
  }
  std::string PlaceText(uint32_t file, uint32_t line) const {
    return view_.Place(file, line);
  }
  std::string FieldText(uint32_t record, int64_t offset) const {
    return absl::StrCat("field ", String(unit_.records()->Get(record)->name()),
                        "+", offset);
  }

  static std::string Number(int64_t number) {
    if (number >= -4096 && number < 4096) return absl::StrCat(number);
    char text[32];
    std::snprintf(text, sizeof text, "0x%" PRIx64,
                  static_cast<uint64_t>(number));
    return text;
  }

  static const char* OperatorText(Operator operation) {
    static constexpr const char* kTexts[] = {"?", "|", "&", "^",  "+", "-",
                                             "*", "/", "%", "<<", ">>"};
    return operation <= Operator::MAX ? kTexts[static_cast<int>(operation)]
                                      : "?";
  }

  // Operands are shared, so a hostile file could make the text endless.
  static constexpr int kMaxDepth = 12;

  std::string ValueText(uint32_t index, int depth = 0) const {
    if (depth > kMaxDepth) return "...";
    const Value& value = *unit_.values()->Get(index);
    switch (value.kind()) {
      case ValueKind::unknown: {
        std::string text = "unknown: " + String(value.a());
        if (value.constant() != 0) {
          text += " at " +
                  PlaceText(value.b(), static_cast<uint32_t>(value.constant()));
        }
        return text;
      }
      case ValueKind::constant:
        return Number(value.constant());
      case ValueKind::parameter:
        return absl::StrCat("parameter ", value.a());
      case ValueKind::local:
        return absl::StrCat("local ", value.a());
      case ValueKind::global:
        return "global " + SymbolName(value.a());
      case ValueKind::field:
        return FieldText(value.a(), value.constant());
      case ValueKind::memory:
        return "memory " + SignatureKey(value.a());
      case ValueKind::function_address:
        return "&" + SymbolName(value.a());
      case ValueKind::method_address:
        return "method " + String(value.a());
      case ValueKind::object_address:
        return "&" + SymbolName(value.a());
      case ValueKind::call_result:
        return absl::StrCat("result of call ", value.a());
      case ValueKind::join:
        return absl::StrCat("(", ValueText(value.a(), depth + 1), " or ",
                            ValueText(value.b(), depth + 1), ")");
      case ValueKind::binary:
        return absl::StrCat("(", ValueText(value.a(), depth + 1), " ",
                            OperatorText(value.operator_()), " ",
                            ValueText(value.b(), depth + 1), ")");
      case ValueKind::cast:
        return absl::StrCat(value.is_signed() ? "i" : "u", value.width() * 8,
                            "(", ValueText(value.a(), depth + 1), ")");
    }
    return "?";
  }

  // Adds `key` with an entry for each element, if there are any.
  template <typename Vector, typename Make>
  void List(Json& out, const char* key, const Vector* vector, Make make) {
    if (vector == nullptr || vector->size() == 0) return;
    Json entries = Json::array();
    for (auto element : *vector) {
      Json entry = make(element);
      if (!entry.is_null()) entries.push_back(std::move(entry));
    }
    if (!entries.empty()) out[key] = std::move(entries);
  }

  Json ModuleEntry(const Module& module) {
    Json entry;
    auto add = [&](const char* key, uint32_t string) {
      if (string != kNone) entry[key] = String(string);
    };
    entry["type"] = EnumNameModuleType(module.type());
    add("soname", module.soname());
    add("build_id", module.build_id());
    List(entry, "needed", module.needed(),
         [&](uint32_t string) { return Json(String(string)); });
    add("rpath", module.rpath());
    add("runpath", module.runpath());
    add("interpreter", module.interpreter());
    if (module.bind_now()) entry["bind_now"] = true;
    if (module.symbolic()) entry["symbolic"] = true;
    return entry;
  }

  Json SymbolEntry(const Symbol& symbol) {
    if (!symbol.defined() && symbol.alias_of() == kNone) return Json();
    Json entry;
    entry["name"] = String(symbol.name());
    entry["linkage"] = EnumNameLinkage(symbol.linkage());
    entry["type"] = EnumNameSymbolType(symbol.type());
    if (!symbol.defined()) entry["defined"] = false;
    if (symbol.alias_of() != kNone) {
      entry["alias_of"] = SymbolName(symbol.alias_of());
    }
    if (symbol.ifunc_resolver() != kNone) {
      entry["ifunc_resolver"] = SymbolName(symbol.ifunc_resolver());
    }
    if (symbol.thread_local_()) entry["thread_local"] = true;
    if (symbol.version() != kNone) entry["version"] = String(symbol.version());
    if (symbol.version_hidden()) entry["version_hidden"] = true;
    if (symbol.copied()) entry["copied"] = true;
    return entry;
  }

  Json RecordEntry(const Record& record) {
    Json entry;
    entry["name"] = String(record.name());
    entry["layout"] = String(record.layout());
    if (record.is_union()) entry["union"] = true;
    if (record.size() != 0) entry["size"] = record.size();
    List(entry, "fields", record.fields(), [&](const RecordField* field) {
      std::string text =
          absl::StrCat(String(field->name()), " +", field->offset(), " ");
      if (field->signature() != kNone) {
        text += SignatureKey(field->signature());
      } else if (field->record() != kNone) {
        text += RecordName(field->record());
      } else {
        text += absl::StrCat(field->width(), " bytes");
      }
      return Json(text);
    });
    return entry;
  }

  Json CallEntry(const Call& call) {
    Json entry;
    std::string target;
    switch (call.kind()) {
      case CallKind::direct:
        target = SymbolName(call.symbol());
        break;
      case CallKind::indirect:
        target = absl::StrCat("*(", ValueText(call.callee()), ") as ",
                              SignatureKey(call.signature()));
        break;
      case CallKind::virtual_:
        target = "virtual " + String(call.method());
        break;
    }
    entry["call"] = target;
    List(entry, "arguments", call.arguments(),
         [&](uint32_t value) { return Json(ValueText(value)); });
    entry["place"] = PlaceText(call.file(), call.line());
    if (call.implicit()) entry["implicit"] = true;
    return entry;
  }

  std::string SinkText(const Flow& flow) {
    switch (flow.sink()) {
      case SinkKind::local:
        return absl::StrCat("local ", flow.a());
      case SinkKind::global:
        return "global " + SymbolName(flow.a());
      case SinkKind::field:
        return FieldText(flow.a(), flow.offset());
      case SinkKind::memory:
        return "memory " + SignatureKey(flow.signature());
      case SinkKind::result:
        return "result";
      case SinkKind::escape:
        return "escape";
      case SinkKind::untyped:
        return "untyped";
    }
    return "?";
  }

  std::string OpenedText(const AddressTakenPlace& place) {
    switch (place.kind()) {
      case OpenKind::field:
        return FieldText(place.a(), place.offset());
      case OpenKind::global:
        return "global " + SymbolName(place.a());
      case OpenKind::local:
        return absl::StrCat("local ", place.a());
      case OpenKind::parameter:
        return absl::StrCat("parameter ", place.a());
    }
    return "?";
  }

  template <typename Entry>
  void References(Json& out, const Entry& from) {
    List(out, "flows", from.flows(), [&](const Flow* flow) {
      return Json(absl::StrCat(SinkText(*flow), " <- ",
                               ValueText(flow->value()),
                               flow->is_function() ? "" : " (integer)"));
    });
    auto name = [&](uint32_t symbol) { return Json(SymbolName(symbol)); };
    List(out, "address_taken", from.address_taken(), name);
    List(out, "methods_taken", from.methods_taken(),
         [&](uint32_t method) { return Json(String(method)); });
    List(out, "objects", from.objects(), name);
    List(out, "casts", from.casts(), [&](const SignatureCast* cast) {
      return Json(SignatureKey(cast->from()) + " -> " +
                  SignatureKey(cast->to()));
    });
    List(out, "conversions", from.conversions(),
         [&](const RecordConversion* conversion) {
           std::string text = absl::StrCat(
               Lower(EnumNameRecordUse(conversion->use())), " ",
               conversion->a() == kNone ? "no type"
                                        : RecordName(conversion->a()));
           if (conversion->use() == RecordUse::reinterpreted) {
             text += " as " + RecordName(conversion->b());
           }
           return Json(text);
         });
    List(out, "opened", from.opened(), [&](const AddressTakenPlace* place) {
      return Json(OpenedText(*place));
    });
  }

  Json FunctionEntry(const Function& function) {
    Json entry;
    entry["name"] = SymbolName(function.symbol());
    if (function.signature() != kNone) {
      entry["signature"] = SignatureKey(function.signature());
    }
    entry["place"] = PlaceText(function.file(), function.line());
    if (function.supplements_file() != kNone) {
      entry["supplements_file"] = String(function.supplements_file());
    }
    if (function.untyped()) entry["untyped"] = true;
    List(entry, "calls", function.calls(),
         [&](const Call* call) { return CallEntry(*call); });
    List(entry, "sites", function.sites(), [&](const SyscallSite* site) {
      Json out;
      out["kind"] = EnumNameSiteKind(site->kind());
      out["number"] = ValueText(site->number());
      List(out, "arguments", site->arguments(),
           [&](uint32_t value) { return Json(ValueText(value)); });
      out["place"] = PlaceText(site->file(), site->line());
      return out;
    });
    References(entry, function);
    return entry;
  }

  Json ObjectEntry(const DataObject& object) {
    Json entry;
    entry["name"] = SymbolName(object.symbol());
    if (object.section() != kNone) entry["section"] = String(object.section());
    References(entry, object);
    List(entry, "overrides", object.overrides(), [&](const Override* override) {
      return Json(String(override->method()) + " -> " +
                  SymbolName(override->overrider()));
    });
    return entry;
  }

  const UnitView& view_;
  const Unit& unit_;
};

}  // namespace

std::string DumpJson(const UnitView& view) {
  return Dumper(view).Dump().dump(2, ' ', /*ensure_ascii=*/false,
                                  Json::error_handler_t::replace) +
         "\n";
}

}  // namespace chestnut::facts
