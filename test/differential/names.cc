#include "test/differential/names.h"

#include <cctype>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
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

// Where a name, linkage or readable, speaks of an internal closure.
struct Closure {
  size_t begin;
  size_t end;
  unsigned number;
};

// `3$_1` in a linkage name of the compiler's, from `from` on.
std::optional<Closure> NumberedClosure(absl::string_view name, size_t from) {
  for (size_t mark = name.find("$_", from); mark != absl::string_view::npos;
       mark = name.find("$_", mark + 2)) {
    // The digit before is the length: digits after it may begin the next part.
    if (mark == from || !std::isdigit(name[mark - 1])) continue;
    Closure closure{mark - 1, mark + (name[mark - 1] - '0'), 0};
    if (closure.end <= name.size() && closure.end > mark + 2 &&
        absl::SimpleAtoi(name.substr(mark + 2, closure.end - mark - 2),
                         &closure.number)) {
      return closure;
    }
  }
  return std::nullopt;
}

// `UliE12034_` in a linkage name of the facts': small numbers are the
// language's own.
std::optional<Closure> PlacedClosure(absl::string_view name) {
  for (size_t i = name.find('E'); i != absl::string_view::npos;
       i = name.find('E', i + 1)) {
    Closure closure{name.substr(0, i).rfind("Ul"), EndOfDigits(name, i + 1), 0};
    if (closure.begin != absl::string_view::npos && closure.end < name.size() &&
        name[closure.end] == '_' &&
        absl::SimpleAtoi(name.substr(i + 1, closure.end - i - 1),
                         &closure.number) &&
        closure.number >= kPlaceFactor) {
      ++closure.end;
      return closure;
    }
  }
  return std::nullopt;
}

// `'lambda12034'(int)` in a readable name.
std::optional<Closure> ReadableClosure(absl::string_view text, size_t begin) {
  constexpr absl::string_view kPlaced = "'lambda";
  if (!absl::StartsWith(text.substr(begin), kPlaced)) return std::nullopt;
  size_t digits = begin + kPlaced.size();
  Closure closure{begin, EndOfDigits(text, digits), 0};
  if (!absl::SimpleAtoi(text.substr(digits, closure.end - digits),
                        &closure.number) ||
      closure.number < kPlaceFactor || closure.end >= text.size() ||
      text[closure.end] != '\'') {
    return std::nullopt;
  }
  closure.end = EndOfBrackets(text, closure.end + 1, '<', '>');
  closure.end = EndOfBrackets(text, closure.end, '(', ')');
  return closure;
}

// The compiler numbers closures anew in each function. What comes before the
// closure in a linkage name ends by that function, if it is in one.
std::string ScopeOf(absl::string_view before) {
  while (absl::ConsumeSuffix(&before, "N") ||
         absl::ConsumeSuffix(&before, "K")) {
  }
  size_t local = before.rfind('Z');
  if (!absl::EndsWith(before, "E") || local == absl::string_view::npos) {
    return "";
  }
  return std::string(before.substr(local + 1));
}

// The plain names that a scope begins with: what no substitution spells.
std::string NamesOf(absl::string_view scope) {
  size_t end = scope.find_first_not_of("NK");
  while (end < scope.size() && std::isdigit(scope[end])) {
    size_t name = EndOfDigits(scope, end);
    size_t length = 0;
    if (!absl::SimpleAtoi(scope.substr(end, name - end), &length) ||
        length > scope.size() - name) {
      break;
    }
    end = name + length;
  }
  return std::string(scope.substr(0, end));
}

unsigned LineOf(const std::string& scope, unsigned number,
                const ClosureLines& lines) {
  auto same = lines.find(number);
  if (same == lines.end()) return 0;
  const std::map<std::string, unsigned>& scopes = same->second;
  if (auto found = scopes.find(scope); found != scopes.end()) {
    return found->second;
  }
  // Parts of it may be spelled by substitutions.
  unsigned line = scopes.size() == 1 ? scopes.begin()->second : 0;
  for (const auto& [other, place] : scopes) {
    if (scopes.size() == 1 || NamesOf(other) != NamesOf(scope)) continue;
    if (line != 0) return 0;
    line = place;
  }
  return line;
}

std::string Identifier(unsigned line) {
  return absl::StrCat("closure", line, "_");
}

// The compiler's numbers replaced by lines.
std::string WithLines(absl::string_view name, const ClosureLines& lines) {
  std::string out;
  size_t from = 0;
  while (std::optional<Closure> closure = NumberedClosure(name, from)) {
    std::string identifier = Identifier(LineOf(
        ScopeOf(name.substr(0, closure->begin)), closure->number, lines));
    absl::StrAppend(&out, name.substr(from, closure->begin - from),
                    identifier.size(), identifier);
    from = closure->end;
  }
  return absl::StrCat(out, name.substr(from));
}

// A readable name with its closures written by `write`, which gets the line.
template <typename Write>
std::string Readable(const std::string& name, Write write) {
  std::string readable = llvm::demangle(name);
  std::string out;
  for (size_t i = 0; i < readable.size();) {
    if (std::optional<Closure> closure = ReadableClosure(readable, i)) {
      out += write(closure->number / kPlaceFactor);
      i = closure->end;
    } else {
      out += readable[i++];
    }
  }
  return out;
}

// The demangler writes what a constructor or destructor of a closure is called
// in its own way.
std::string WithoutMemberName(std::string readable) {
  constexpr absl::string_view kEnd = "_::";
  for (size_t at = readable.find("closure"); at != std::string::npos;
       at = readable.find("closure", at + 1)) {
    size_t end = EndOfDigits(readable, at + 7);
    if (!absl::StartsWith(absl::string_view(readable).substr(end), kEnd)) {
      continue;
    }
    size_t name = end + kEnd.size();
    if (name < readable.size() && readable[name] == '~') ++name;
    std::string self = readable.substr(at, end + 1 - at);
    if (readable.compare(name, self.size(), self) == 0) {
      readable.erase(name, self.size());
    }
  }
  return readable;
}

}  // namespace

bool HasClosure(absl::string_view name) {
  return absl::StrContains(name, "$_") ||
         (absl::StartsWith(name, "_Z") && absl::StrContains(name, "Ul"));
}

ClosureLines FindClosureLines(const IrUnit& ir) {
  ClosureLines lines;
  for (const Definition& definition : ir.definitions) {
    absl::string_view name = definition.name;
    std::optional<Closure> last;
    for (std::optional<Closure> next = NumberedClosure(name, 0); next;
         next = NumberedClosure(name, next->end)) {
      last = next;
    }
    if (last && definition.line > 0 &&
        absl::StartsWith(name.substr(last->end), "cl")) {
      lines[last->number].emplace(ScopeOf(name.substr(0, last->begin)),
                                  definition.line);
    }
  }
  return lines;
}

std::string PlacedName(absl::string_view name, const ClosureLines& lines) {
  if (!HasClosure(name)) return std::string(name);
  return WithoutMemberName(Readable(WithLines(name, lines), Identifier));
}

std::string CutName(absl::string_view name, const ClosureLines& lines) {
  std::optional<Closure> closure = NumberedClosure(name, 0);
  unsigned line = 0;
  if (closure.has_value()) {
    line =
        LineOf(ScopeOf(name.substr(0, closure->begin)), closure->number, lines);
  } else {
    closure = PlacedClosure(name);
    if (!closure.has_value()) return std::string(name);
    line = closure->number / kPlaceFactor;
  }
  absl::string_view member = name.substr(closure->end);
  if (!member.empty() && std::isdigit(member[0])) {
    member = member.substr(EndOfDigits(member, 0), 8);
  } else {
    member = member.substr(0, 1);
  }
  return absl::StrCat(name.substr(0, closure->begin), Identifier(line), member);
}

std::string LooseName(absl::string_view name) {
  size_t dot = name.rfind('.');
  if (dot != absl::string_view::npos && dot > 0 && dot + 1 < name.size() &&
      EndOfDigits(name, dot + 1) == name.size()) {
    name = name.substr(0, dot);
  }
  if (!HasClosure(name)) return std::string(name);
  return WithoutMemberName(
      Readable(WithLines(name, {}), [](unsigned) { return Identifier(0); }));
}

}  // namespace chestnut::differential
