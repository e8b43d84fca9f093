#include "driver/options.h"

#include <cstddef>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace chestnut::driver {
namespace {

// The kernel takes what is above as MAX_ERRNO.
constexpr int kMaxErrno = 4095;

absl::Status Wrong(absl::string_view option, absl::string_view value,
                   absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(option, ": '", value, "' is not ", expected));
}

absl::Status SetMode(absl::string_view value, Options& options) {
  absl::string_view name = value;
  if (absl::ConsumePrefix(&name, "errno=")) {
    if (!absl::SimpleAtoi(name, &options.errno_value) ||
        options.errno_value < 1 || options.errno_value > kMaxErrno) {
      return Wrong("--chestnut-mode", value, "errno=N with N from 1 to 4095");
    }
    options.mode = "errno";
    return absl::OkStatus();
  }
  if (value != "kill" && value != "errno" && value != "trap" &&
      value != "log" && value != "notify") {
    return Wrong("--chestnut-mode", value,
                 "kill, errno, errno=N, trap, log or notify");
  }
  options.mode = std::string(value);
  return absl::OkStatus();
}

absl::Status SetLibc(absl::string_view value, Options& options) {
  if (value != "musl") {
    return Wrong("--chestnut-libc", value,
                 "musl; leave it out for the system's libc");
  }
  options.libc = std::string(value);
  return absl::OkStatus();
}

// An option without its prefix, `value` empty if it takes none.
absl::Status Apply(absl::string_view name, bool has_value,
                   absl::string_view value, Options& options) {
  const std::pair<absl::string_view, bool*> flags[] = {
      {"help", &options.help},
      {"launch", &options.launch},
      {"unsandboxed", &options.unsandboxed},
      {"exact", &options.exact},
      {"policy-only", &options.policy_only}};
  for (const auto& [flag, target] : flags) {
    if (name != flag) continue;
    if (has_value) {
      return Wrong(absl::StrCat(kOptionPrefix, name), value, "taken");
    }
    *target = true;
    return absl::OkStatus();
  }
  const std::pair<absl::string_view, std::string*> texts[] = {
      {"real", &options.real},
      {"policy-out", &options.policy_out},
      {"facts-out", &options.facts_out},
      {"candidates-out", &options.candidates_out},
      {"unit-facts", &options.unit_facts},
      {"policy", &options.policy},
      {"overlay", &options.overlay}};
  const bool known = name == "mode" || name == "libc" ||
                     name == "annotations" || name == "exec-policy";
  for (const auto& [text, target] : texts) {
    if (name == text && !value.empty()) {
      *target = std::string(value);
      return absl::OkStatus();
    }
    if (name == text) break;
  }
  if (known && !value.empty()) {
    if (name == "mode") return SetMode(value, options);
    if (name == "libc") return SetLibc(value, options);
    if (name == "exec-policy") {
      options.exec_policy.emplace_back(value);
      return absl::OkStatus();
    }
    options.annotations.emplace_back(value);
    return absl::OkStatus();
  }
  for (const auto& [text, target] : texts) {
    if (name == text) {
      return Wrong(absl::StrCat(kOptionPrefix, name), "",
                   "enough; give =VALUE");
    }
  }
  if (known) {
    return Wrong(absl::StrCat(kOptionPrefix, name), "", "enough; give =VALUE");
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown option '", kOptionPrefix, name, "'; see --chestnut-help"));
}

}  // namespace

absl::StatusOr<Options> TakeOptions(std::vector<std::string>& arguments) {
  Options options;
  std::vector<std::string> rest;
  rest.reserve(arguments.size());
  for (std::string& argument : arguments) {
    absl::string_view name = argument;
    if (!absl::ConsumePrefix(&name, kOptionPrefix)) {
      rest.push_back(std::move(argument));
      continue;
    }
    const size_t equals = name.find('=');
    const bool has_value = equals != absl::string_view::npos;
    const absl::string_view value =
        has_value ? name.substr(equals + 1) : absl::string_view();
    absl::Status status =
        Apply(name.substr(0, equals), has_value, value, options);
    if (!status.ok()) return status;
  }
  arguments = std::move(rest);
  return options;
}

std::vector<std::string> LinkerOptions(const Options& options) {
  std::vector<std::string> result;
  auto add = [&](absl::string_view name, absl::string_view value) {
    if (!value.empty()) {
      result.push_back(absl::StrCat(kOptionPrefix, name, "=", value));
    }
  };
  add("libc", options.libc);
  add("mode", options.mode == "errno"
                  ? absl::StrCat("errno=", options.errno_value)
                  : options.mode);
  add("policy-out", options.policy_out);
  add("facts-out", options.facts_out);
  add("candidates-out", options.candidates_out);
  add("unit-facts", options.unit_facts);
  add("policy", options.policy);
  add("overlay", options.overlay);
  for (const std::string& header : options.annotations) {
    add("annotations", header);
  }
  for (const std::string& word : options.exec_policy) add("exec-policy", word);
  if (options.exact) {
    result.push_back(absl::StrCat(kOptionPrefix, "exact"));
  }
  if (options.policy_only) {
    result.push_back(absl::StrCat(kOptionPrefix, "policy-only"));
  }
  if (options.unsandboxed) {
    result.push_back(absl::StrCat(kOptionPrefix, "unsandboxed"));
  }
  return result;
}

std::string OptionsHelp(absl::string_view program) {
  return absl::StrCat("usage: ", program,
                      R"( [--chestnut-OPTION]... [compiler arguments]

A drop-in C and C++ compiler whose programs run in their own seccomp sandbox.
Everything but the options below goes to the real compiler.

  --chestnut-libc=musl          static program with musl, analysed from source;
                                default: the system's libc, read as it is
  --chestnut-mode=MODE          what a call outside the policy does:
                                kill (default), errno, errno=N, trap, log, or
                                notify: it runs only under chestnut run --log,
                                --learn, --ask or --trace-all
  --chestnut-real=COMPILER      the real compiler (default clang-19, clang++-19)
  --chestnut-launch             the first argument is the real compiler, as build
                                systems call what stands before a compiler
  --chestnut-policy-out=FILE    write the policy as JSON
  --chestnut-facts-out=FILE     write the facts of all linked units
  --chestnut-candidates-out=FILE
                                write as JSON what each indirect call can reach
  --chestnut-annotations=HEADER what assembly functions do (chestnut.h), in place
                                of what their code says; may be given several
                                times
  --chestnut-overlay=FILE       what was decided about places that no analysis
                                knows (chestnut.overlay.json)
  --chestnut-exec-policy=CHOICE what it executes, in which its filter stays on:
                                block, shared[,PROGRAM...], FILE,... (programs or
                                policies), supervised; see chestnut run --help
  --chestnut-unit-facts=FILE    facts that lie beside their objects: a line with
                                the object's path, a line with that of its facts
  --chestnut-policy-only        write the policy, but no program
  --chestnut-policy=FILE        the policy that the same link wrote before;
                                nothing is analysed again
  --chestnut-exact              only the calls of the libraries that are here, not
                                those of the same kind that others may make
  --chestnut-unsandboxed        link without a sandbox, and say so
  --chestnut-help               this text

Exit status: the real compiler's; of Chestnut's own errors 2, or 3 where the
analysis is incomplete.
)");
}

}  // namespace chestnut::driver
