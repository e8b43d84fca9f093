#include "driver/overlay.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "syscalls/table.h"

namespace chestnut::driver {
namespace {

using Json = nlohmann::json;

class OverlayParser {
 public:
  explicit OverlayParser(absl::string_view origin) : origin_(origin) {}

  absl::StatusOr<Overlay> Parse(absl::string_view text) {
    const Json json = Json::parse(text.begin(), text.end(), nullptr,
                                  /*allow_exceptions=*/false);
    if (!json.is_object() || json.size() != 1 || !json.contains("decisions") ||
        !json["decisions"].is_array()) {
      return Error(
          "not an overlay: expected {\"decisions\": [{\"place\": ..., "
          "\"decision\": ..., \"reason\": ...}]}");
    }
    Overlay overlay;
    for (const Json& entry : json["decisions"]) {
      absl::StatusOr<Decision> decision = ParseDecision(entry);
      if (!decision.ok()) return decision.status();
      if (overlay.Find(decision->place) != nullptr) {
        return Error(absl::StrCat(decision->place, " is decided twice"));
      }
      overlay.decisions.push_back(*std::move(decision));
    }
    return overlay;
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(origin_, ": ", what));
  }

  absl::StatusOr<Decision> ParseDecision(const Json& entry) const {
    Decision decision;
    if (!entry.is_object()) return Error("a decision is no object");
    for (const auto& [key, value] : entry.items()) {
      if (key != "place" && key != "decision" && key != "reason") {
        return Error(absl::StrCat("unknown field ", key));
      }
    }
    if (!GetText(entry, "place", decision.place)) {
      return Error("a decision without a place");
    }
    if (!GetText(entry, "reason", decision.reason)) {
      return Error(absl::StrCat("no reason is given for ", decision.place));
    }
    absl::Status status =
        ParseContent(entry.value("decision", Json()), decision);
    if (!status.ok()) return status;
    for (const std::string& call : decision.calls) {
      if (syscalls::FindByName(call) == nullptr) {
        return Error(
            absl::StrCat(decision.place, ": unknown system call ", call));
      }
    }
    return decision;
  }

  static bool GetText(const Json& entry, const char* key, std::string& out) {
    auto found = entry.find(key);
    if (found == entry.end() || !found->is_string()) return false;
    out = found->get<std::string>();
    return !out.empty();
  }

  absl::Status ParseContent(const Json& content, Decision& decision) const {
    if (content == "none") return absl::OkStatus();
    if (!content.is_object() || content.empty()) {
      return Error(absl::StrCat(
          decision.place,
          ": the decision is neither \"none\" nor an object with calls, "
          "modules or names"));
    }
    for (const auto& [key, value] : content.items()) {
      std::vector<std::string>* list = key == "calls"     ? &decision.calls
                                       : key == "modules" ? &decision.modules
                                       : key == "names"   ? &decision.names
                                                          : nullptr;
      if (list == nullptr || !value.is_array()) {
        return Error(absl::StrCat(decision.place, ": unknown decision ", key));
      }
      for (const Json& item : value) {
        if (!item.is_string()) {
          return Error(absl::StrCat(decision.place, ": ", key,
                                    " has an entry that is no text"));
        }
        list->push_back(item.get<std::string>());
      }
    }
    return absl::OkStatus();
  }

  const absl::string_view origin_;
};

}  // namespace

const Decision* Overlay::Find(absl::string_view place) const {
  for (const Decision& decision : decisions) {
    if (decision.place == place) return &decision;
  }
  return nullptr;
}

absl::StatusOr<Overlay> ParseOverlay(absl::string_view text,
                                     absl::string_view origin) {
  return OverlayParser(origin).Parse(text);
}

}  // namespace chestnut::driver
