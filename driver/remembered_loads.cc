#include "driver/remembered_loads.h"

#include <map>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "support/file.h"

namespace chestnut::driver {
namespace {

using Json = nlohmann::json;

std::string ToText(const LoadsFound& found, const std::string& identities) {
  Json opened = Json::array();
  for (const LoadsFound::Opened& entry : found.opened) {
    opened.push_back({entry.library, entry.by});
  }
  const Json json = {{"identities", identities},
                     {"opened", std::move(opened)},
                     {"called", found.called},
                     {"called_in", found.called_in},
                     {"all_called_in", found.all_called_in}};
  // A name that is no text is found again by the analysis.
  return json.dump(-1, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace);
}

bool IsNames(const Json& json) {
  if (!json.is_array()) return false;
  for (const Json& entry : json) {
    if (!entry.is_string()) return false;
  }
  return true;
}

bool IsWhole(const Json& json) {
  for (const char* name :
       {"identities", "opened", "called", "called_in", "all_called_in"}) {
    if (!json.is_object() || !json.contains(name)) return false;
  }
  if (!json["identities"].is_string() || !json["opened"].is_array() ||
      !json["called_in"].is_object() || !IsNames(json["called"]) ||
      !IsNames(json["all_called_in"])) {
    return false;
  }
  for (const Json& entry : json["opened"]) {
    if (!IsNames(entry) || entry.size() != 2) return false;
  }
  for (const Json& entry : json["called_in"]) {
    if (!IsNames(entry)) return false;
  }
  return true;
}

// Of a whole one.
LoadsFound FromJson(const Json& json) {
  LoadsFound found;
  for (const Json& entry : json["opened"]) {
    found.opened.push_back({.library = entry[0].get<std::string>(),
                            .by = entry[1].get<std::string>()});
  }
  found.called = json["called"].get<std::set<std::string>>();
  found.called_in =
      json["called_in"].get<std::map<std::string, std::set<std::string>>>();
  found.all_called_in = json["all_called_in"].get<std::set<std::string>>();
  return found;
}

}  // namespace

RememberedLoads::RememberedLoads(const ModuleCache& cache,
                                 binalyzer::Loading& loading,
                                 RunTimeLoads& loads, absl::string_view given)
    : cache_(cache), loading_(loading), loads_(loads) {
  const std::string identities = Identities();
  if (identities.empty()) return;
  absl::StatusOr<std::string> file =
      loading_.root().Resolve(RunTimeLoads::kServicesFile);
  absl::StatusOr<std::string> services =
      file.ok() ? support::ReadFile(*file) : file.status();
  key_ = absl::StrCat("loads\n", identities, "\n", given, "\n",
                      services.ok() ? "services\n" : "none",
                      services.value_or(""));
}

// What is opened is opened again, so that the loader's rules of today hold.
bool RememberedLoads::Resume() {
  if (key_.empty()) return false;
  absl::StatusOr<std::string> text = cache_.Recall(key_);
  if (!text.ok()) return false;
  const Json json = Json::parse(text->begin(), text->end(), nullptr,
                                /*allow_exceptions=*/false);
  if (!IsWhole(json)) return false;
  const LoadsFound before = loads_.found();
  const binalyzer::Loading loaded = loading_;
  if (loads_.Resume(FromJson(json)).ok() &&
      Identities() == json["identities"].get<std::string>()) {
    return true;
  }
  loading_ = loaded;
  loads_.Restart(before);
  return false;
}

void RememberedLoads::Keep() const {
  const std::string identities = Identities();
  if (key_.empty() || identities.empty()) return;
  cache_.Remember(key_, ToText(loads_.found(), identities));
}

std::string RememberedLoads::Identities() const {
  std::string all;
  for (const binalyzer::LoadedFile& file : loading_.files()) {
    absl::StatusOr<std::string> identity = ModuleCache::Identity(file);
    if (!identity.ok()) return "";
    absl::StrAppend(&all, *identity, " ", file.path, "\n");
  }
  return all;
}

}  // namespace chestnut::driver
