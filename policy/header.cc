#include "policy/header.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "policy/bpf.h"
#include "policy/compile.h"
#include "policy/json.h"
#include "policy/model.h"
#include "policy/note.h"
#include "policy/verdict.h"
#include "support/digest.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// Of the layout that runtime/runtime.c expects.
constexpr int kHeaderVersion = 1;

bool IsPlain(char c) {
  return absl::ascii_isprint(static_cast<unsigned char>(c)) && c != '"' &&
         c != '\\' && c != '?';  // '?' may begin a trigraph
}

// Inside a C string literal or an assembler's, where octal escapes are three
// digits and mean the same.
std::string Quoted(absl::string_view bytes) {
  std::string text = "\"";
  for (char c : bytes) {
    if (IsPlain(c)) {
      text.push_back(c);
    } else {
      absl::StrAppendFormat(&text, "\\%03o", static_cast<uint8_t>(c));
    }
  }
  text.push_back('"');
  return text;
}

// For the message that tells people what to type: anything that a shell or C
// would take for more than a name is replaced.
std::string PlainName(absl::string_view program) {
  std::string name;
  for (char c : program) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                       absl::StrContains("._+-/", absl::string_view(&c, 1));
    name.push_back(plain ? c : '_');
  }
  return name.empty() ? "PROGRAM" : name;
}

int ModeNumber(Mode mode) {
  // As runtime/runtime.c numbers them.
  switch (mode) {
    case Mode::kKill:
      return 1;
    case Mode::kErrno:
      return 2;
    case Mode::kTrap:
      return 3;
    case Mode::kLog:
      return 4;
    case Mode::kNotify:
      return 5;
  }
  return 0;
}

void AppendFilter(const Filter& filter, std::string& text) {
  absl::StrAppend(
      &text,
      "static const struct chestnut_instruction chestnut_filter[] = {\n");
  for (const Instruction& instruction : filter) {
    absl::StrAppendFormat(&text, "  {0x%02x, %d, %d, 0x%xu},\n",
                          instruction.code, instruction.jump_true,
                          instruction.jump_false, instruction.k);
  }
  absl::StrAppend(&text, "};\n");
}

void AppendNames(const Policy& policy, std::string& text) {
  absl::StrAppend(&text,
                  "static const struct chestnut_name chestnut_names[] = {\n");
  for (const syscalls::Syscall& call : syscalls::All()) {
    absl::StrAppendFormat(&text, "  {%d, %d, \"%s\"},\n", call.number,
                          FindCall(policy.calls, call.number) != nullptr,
                          std::string(call.name));
  }
  absl::StrAppend(&text, "};\n");
}

// By the assembler, as compilers differ in the type they give to a section.
void AppendNote(absl::string_view note, std::string& text) {
  constexpr size_t kBytesInALine = 512;
  absl::StrAppend(&text, "__asm__(\n    \".pushsection ", kNoteSection,
                  ",\\\"a\\\",@note\\n\"\n"
                  "    \".balign 4\\n\"\n"
                  "    \"chestnut_policy_note:\\n\"\n");
  for (size_t at = 0; at < note.size(); at += kBytesInALine) {
    // Quoted twice: for the assembler, then for C.
    const std::string line = absl::StrCat(
        "    .ascii ", Quoted(note.substr(at, kBytesInALine)), "\n");
    absl::StrAppend(&text, "    ", Quoted(line), "\n");
  }
  absl::StrAppend(&text,
                  "    \".popsection\\n\");\n"
                  "extern const char chestnut_policy_note[]\n"
                  "    __attribute__((visibility(\"hidden\")));\n");
}

}  // namespace

absl::StatusOr<std::string> WritePolicyHeader(const Policy& policy) {
  absl::StatusOr<Filter> filter = CompileFilter(policy);
  if (!filter.ok()) return filter.status();
  std::string text = absl::StrCat(
      "/* Made by Chestnut from the policy of ", PlainName(policy.program),
      "; compile runtime/runtime.c with it. Changes are lost. */\n",
      "#define CHESTNUT_HEADER_VERSION ", kHeaderVersion, "\n",
      "#define CHESTNUT_PROGRAM ", Quoted(PlainName(policy.program)), "\n",
      "#define CHESTNUT_POLICY_DIGEST \"", PolicyDigest(policy), "\"\n",
      "#define CHESTNUT_MODE ", ModeNumber(policy.mode), " /* ",
      ToString(policy.mode), " */\n", "#define CHESTNUT_INSTALL_AT_MAIN ",
      policy.install_point == InstallPoint::kMain ? 1 : 0, "\n",
      "#define CHESTNUT_CANARY_ERRNO ", CanaryErrno(policy), "\n");
  AppendFilter(*filter, text);
  if (policy.mode == Mode::kTrap) AppendNames(policy, text);
  AppendNote(MakeNote(policy), text);
  return text;
}

std::string PolicyDigest(const Policy& policy) {
  return support::Sha256Hex(WritePolicy(policy));
}

}  // namespace chestnut::policy
