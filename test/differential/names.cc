#include "test/differential/names.h"

#include <cctype>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "llvm/Demangle/Demangle.h"

namespace chestnut::differential {
namespace {

// What the facts number closures by: line * 1000 + column.
constexpr unsigned kPlaceFactor = 1000;

size_t EndOfDigits(absl::string_view text, size_t begin) {
  size_t end = begin;
  while (end < text.size() && std::isdigit(text[end])) ++end;
  return end;
}

// The end of the bracketed part that begins at `begin`, if one does.
size_t EndOfBrackets(absl::string_view text, size_t begin, char open,
                     char close) {
  if (begin >= text.size() || text[begin] != open) return begin;
  int depth = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    if (text[i] == open) ++depth;
    // The arrow of a result type closes nothing.
    if (text[i] == close && text[i - 1] != '-' && --depth == 0) return i + 1;
  }
  return text.size();
}

struct Closure {
  size_t end;  // in the readable name
  std::optional<unsigned> number;
  bool by_place;
};

// The internal closure or unnamed type that begins at `begin`: `$_3` or
// `'lambda12034'(int)`. Small lambda numbers are the language's own.
std::optional<Closure> ClosureAt(absl::string_view text, size_t begin) {
  constexpr absl::string_view kNumbered = "$_";
  constexpr absl::string_view kPlaced = "'lambda";
  absl::string_view rest = text.substr(begin);
  unsigned number = 0;
  if (absl::StartsWith(rest, kNumbered)) {
    size_t digits = begin + kNumbered.size();
    size_t end = EndOfDigits(text, digits);
    if (!absl::SimpleAtoi(text.substr(digits, end - digits), &number)) {
      return std::nullopt;
    }
    return Closure{end, number, false};
  }
  if (!absl::StartsWith(rest, kPlaced)) return std::nullopt;
  size_t digits = begin + kPlaced.size();
  size_t end = EndOfDigits(text, digits);
  if (!absl::SimpleAtoi(text.substr(digits, end - digits), &number) ||
      number < kPlaceFactor || end >= text.size() || text[end] != '\'') {
    return std::nullopt;
  }
  end = EndOfBrackets(text, end + 1, '<', '>');
  end = EndOfBrackets(text, end, '(', ')');
  return Closure{end, number, true};
}

template <typename Write>
std::string ReplaceClosures(const std::string& readable, Write write) {
  std::string out;
  for (size_t i = 0; i < readable.size();) {
    std::optional<Closure> closure = ClosureAt(readable, i);
    if (!closure.has_value()) {
      out += readable[i++];
      continue;
    }
    out += write(*closure);
    i = closure->end;
  }
  return out;
}

std::string Demangled(absl::string_view name) {
  return llvm::demangle(std::string_view(name.data(), name.size()));
}

// The part of a linkage name that stands for its first internal closure.
struct MangledClosure {
  size_t begin;
  size_t end;
  unsigned number;
  bool by_place;
};

std::optional<MangledClosure> FirstClosure(absl::string_view name) {
  MangledClosure closure;
  if (size_t mark = name.find("$_"); mark != absl::string_view::npos) {
    closure.begin = mark;
    while (closure.begin > 0 && std::isdigit(name[closure.begin - 1])) {
      --closure.begin;
    }
    closure.end = EndOfDigits(name, mark + 2);
    closure.by_place = false;
    if (!absl::SimpleAtoi(name.substr(mark + 2, closure.end - mark - 2),
                          &closure.number)) {
      return std::nullopt;
    }
    return closure;
  }
  // Ul <parameters> E <number> _
  for (size_t i = name.find('E'); i != absl::string_view::npos;
       i = name.find('E', i + 1)) {
    size_t end = EndOfDigits(name, i + 1);
    if (end >= name.size() || name[end] != '_' ||
        !absl::SimpleAtoi(name.substr(i + 1, end - i - 1), &closure.number) ||
        closure.number < kPlaceFactor) {
      continue;
    }
    closure.begin = name.substr(0, i).rfind("Ul");
    closure.end = end + 1;
    closure.by_place = true;
    if (closure.begin == absl::string_view::npos) return std::nullopt;
    return closure;
  }
  return std::nullopt;
}

unsigned LineOf(unsigned number, bool by_place, const ClosureLines& lines) {
  // The mangler's numbers are one less than the readable ones.
  if (by_place) return number / kPlaceFactor;
  auto line = lines.find(number);
  return line == lines.end() ? 0 : line->second;
}

}  // namespace

bool HasClosure(absl::string_view name) {
  return absl::StrContains(name, "$_") ||
         (absl::StartsWith(name, "_Z") && absl::StrContains(name, "Ul"));
}

ClosureLines FindClosureLines(const IrUnit& ir) {
  ClosureLines lines;
  for (const Definition& definition : ir.definitions) {
    size_t begin = definition.name.rfind("$_");
    if (begin == std::string::npos || definition.line == 0) continue;
    absl::string_view name = definition.name;
    size_t end = EndOfDigits(name, begin + 2);
    unsigned number = 0;
    if (!absl::StartsWith(name.substr(end), "cl") ||
        !absl::SimpleAtoi(name.substr(begin + 2, end - begin - 2), &number)) {
      continue;
    }
    lines.emplace(number, definition.line);
  }
  return lines;
}

std::string PlacedName(absl::string_view name, const ClosureLines& lines) {
  if (!HasClosure(name)) return std::string(name);
  return ReplaceClosures(Demangled(name), [&](const Closure& closure) {
    return absl::StrCat("{closure ",
                        LineOf(*closure.number, closure.by_place, lines), "}");
  });
}

std::string CutName(absl::string_view name, const ClosureLines& lines) {
  std::optional<MangledClosure> closure = FirstClosure(name);
  if (!closure.has_value()) return std::string(name);
  absl::string_view member = name.substr(closure->end);
  if (!member.empty() && std::isdigit(member[0])) {
    member = member.substr(EndOfDigits(member, 0), 8);
  } else {
    member = member.substr(0, 1);
  }
  return absl::StrCat(name.substr(0, closure->begin), "{closure ",
                      LineOf(closure->number, closure->by_place, lines), "}",
                      member);
}

std::string LooseName(absl::string_view name) {
  size_t dot = name.rfind('.');
  if (dot != absl::string_view::npos && dot > 0 && dot + 1 < name.size() &&
      EndOfDigits(name, dot + 1) == name.size()) {
    name = name.substr(0, dot);
  }
  if (!HasClosure(name)) return std::string(name);
  return ReplaceClosures(Demangled(name),
                         [](const Closure&) { return "{closure}"; });
}

}  // namespace chestnut::differential
