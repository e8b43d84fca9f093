#include "driver/link_map.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace chestnut::driver {
namespace {

// The first word of `text`, which loses it and the space around it.
absl::string_view TakeWord(absl::string_view& text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  const absl::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  text = absl::StripLeadingAsciiWhitespace(text);
  return word;
}

// A number with 0x before it, as GNU ld and gold write addresses and sizes.
std::optional<uint64_t> TakeGnuNumber(absl::string_view& text) {
  absl::string_view rest = text;
  absl::string_view word = TakeWord(rest);
  uint64_t value = 0;
  if (!absl::ConsumePrefix(&word, "0x") || !absl::SimpleHexAtoi(word, &value)) {
    return std::nullopt;
  }
  text = rest;
  return value;
}

class Reader {
 public:
  absl::StatusOr<LinkMap> Read(absl::string_view text, absl::string_view name) {
    const bool lld = IsLldHeader(text.substr(0, text.find('\n')));
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      line = absl::StripTrailingAsciiWhitespace(line);
      AddAssignment(line);
      if (lld) {
        AddLldLine(line);
      } else {
        AddGnuLine(line);
      }
    }
    if (!has_text_ || map_.inputs.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          name,
          ": no map of a program's link; link with -Wl,-Map=FILE and "
          "give that file"));
    }
    return std::move(map_);
  }

 private:
  static bool IsLldHeader(absl::string_view line) {
    return absl::StrContains(line, "VMA") && absl::StrContains(line, "LMA") &&
           absl::StrContains(line, "Symbol");
  }

  void AddInput(absl::string_view input) {
    if (input.empty() || !seen_.insert(std::string(input)).second) return;
    map_.inputs.emplace_back(input);
  }

  // "f = g" at the end of a line, also within PROVIDE (...).
  void AddAssignment(absl::string_view line) {
    const size_t equals = line.find(" = ");
    if (equals == absl::string_view::npos) return;
    line = line.substr(0, equals);
    const size_t begin = line.find_last_of(" \t(");
    if (begin != absl::string_view::npos) line.remove_prefix(begin + 1);
    if (!line.empty() && line != ".") map_.assigned.emplace_back(line);
  }

  void SetText(uint64_t address, uint64_t size) {
    map_.text_address = address;
    map_.text_size = size;
    has_text_ = true;
  }

  // VMA, LMA, size and alignment, then an output section at column 0 of the
  // rest, an input section ("FILE:(.text)") indented, a symbol further still.
  void AddLldLine(absl::string_view line) {
    uint64_t address = 0, size = 0;
    const absl::string_view vma = TakeWord(line);
    TakeWord(line);
    const absl::string_view bytes = TakeWord(line);
    const absl::string_view alignment =
        line.substr(0, line.find_first_of(" \t"));
    if (!absl::SimpleHexAtoi(vma, &address) ||
        !absl::SimpleHexAtoi(bytes, &size)) {
      return;
    }
    line.remove_prefix(alignment.size());
    absl::ConsumePrefix(&line, " ");
    if (line == ".text") SetText(address, size);
    const size_t section = line.rfind(":(");
    if (section == absl::string_view::npos || !absl::EndsWith(line, ")")) {
      return;
    }
    const absl::string_view input =
        absl::StripLeadingAsciiWhitespace(line.substr(0, section));
    if (!absl::StartsWith(input, "<internal>")) AddInput(input);
  }

  void AddGnuLine(absl::string_view line) {
    if (absl::StartsWith(line, "Archive member included")) {
      in_members_ = true;
      return;
    }
    if (in_members_ && !line.empty()) {
      // A member at column 0, then, perhaps on a line of its own, who asked.
      const size_t close = line.find(')');
      if (!absl::ascii_isspace(static_cast<unsigned char>(line.front())) &&
          close != absl::string_view::npos) {
        AddInput(line.substr(0, close + 1));
        return;
      }
      if (absl::ascii_isspace(static_cast<unsigned char>(line.front()))) return;
      in_members_ = false;  // the title of the next part
    }
    if (absl::ConsumePrefix(&line, "LOAD ")) {
      AddInput(line);
      return;
    }
    AddGnuSection(line);
  }

  // " .text  0xADDRESS  0xSIZE FILE", the numbers on the next line where the
  // name is long; of the output itself without a file, at column 0.
  void AddGnuSection(absl::string_view line) {
    if (line.empty()) return;
    const bool output =
        !absl::ascii_isspace(static_cast<unsigned char>(line.front()));
    absl::string_view rest = absl::StripLeadingAsciiWhitespace(line);
    std::string section = std::exchange(pending_, std::string());
    if (!absl::StartsWith(rest, "0x")) {
      section = std::string(TakeWord(rest));
      if (rest.empty()) {
        pending_ = std::move(section);
        return;
      }
    }
    const std::optional<uint64_t> address = TakeGnuNumber(rest);
    const std::optional<uint64_t> size =
        address ? TakeGnuNumber(rest) : std::nullopt;
    if (!size) return;
    if (output && section == ".text") SetText(*address, *size);
    if (!output && !section.empty() && section.front() != '*') AddInput(rest);
  }

  LinkMap map_;
  absl::flat_hash_set<std::string> seen_;
  std::string pending_;  // a section whose numbers follow
  bool in_members_ = false;
  bool has_text_ = false;
};

}  // namespace

absl::StatusOr<LinkMap> ParseLinkMap(absl::string_view text,
                                     absl::string_view name) {
  return Reader().Read(text, name);
}

}  // namespace chestnut::driver
