// Whatever the bytes: observations are refused with one line or write and read
// back as themselves; audit lines and mappings are read or passed over.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "finalyzer/audit.h"
#include "finalyzer/observation.h"
#include "finalyzer/observation_json.h"
#include "finalyzer/target.h"

namespace {

using chestnut::finalyzer::Observations;
using chestnut::finalyzer::ReadObservations;
using chestnut::finalyzer::WriteObservations;

void Require(bool holds) {
  if (!holds) std::abort();
}

void TryObservations(absl::string_view bytes) {
  const absl::StatusOr<Observations> read = ReadObservations(bytes, "f");
  if (!read.ok()) {
    Require(!absl::StrContains(read.status().message(), '\n') ||
            absl::StrContains(bytes, "\\n"));
    return;
  }
  const std::string text = WriteObservations(*read);
  const absl::StatusOr<Observations> again = ReadObservations(text, "f");
  Require(again.ok() && WriteObservations(*again) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  TryObservations(bytes);
  Observations all;
  const chestnut::finalyzer::AuditCounts counts =
      chestnut::finalyzer::ReadAudit(bytes, {"p"}, all);
  Require((counts.records == 0) == all.calls.empty());
  // What was read of a log can be written down.
  Require(ReadObservations(WriteObservations(all), "f").ok());
  chestnut::finalyzer::ParseMappings(bytes);
  chestnut::finalyzer::EndsInCall(bytes);
  return 0;
}
