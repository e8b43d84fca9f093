#include "driver/linker_context.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace chestnut::driver {
namespace {

constexpr absl::string_view kLinker = "--chestnut-linker=";
constexpr absl::string_view kCompiler = "--chestnut-compiler=";
constexpr absl::string_view kSysroot = "--chestnut-sysroot=";
constexpr absl::string_view kLto = "--chestnut-lto";

}  // namespace

std::vector<std::string> EncodeLinkerContext(const LinkerContext& context) {
  std::vector<std::string> result = LinkerOptions(context.options);
  result.push_back(absl::StrCat(kLinker, context.linker));
  result.push_back(absl::StrCat(kCompiler, context.compiler));
  if (!context.sysroot.empty()) {
    result.push_back(absl::StrCat(kSysroot, context.sysroot));
  }
  if (!context.status_file.empty()) {
    result.push_back(absl::StrCat(kStatusFileOption, context.status_file));
  }
  if (context.lto) result.emplace_back(kLto);
  return result;
}

absl::StatusOr<LinkerContext> TakeLinkerContext(
    std::vector<std::string>& arguments) {
  LinkerContext context;
  std::vector<std::string> rest;
  rest.reserve(arguments.size());
  for (std::string& argument : arguments) {
    absl::string_view value = argument;
    if (absl::ConsumePrefix(&value, kLinker)) {
      context.linker = std::string(value);
    } else if (absl::ConsumePrefix(&value, kCompiler)) {
      context.compiler = std::string(value);
    } else if (absl::ConsumePrefix(&value, kSysroot)) {
      context.sysroot = std::string(value);
    } else if (absl::ConsumePrefix(&value, kStatusFileOption)) {
      context.status_file = std::string(value);
    } else if (argument == kLto) {
      context.lto = true;
    } else {
      rest.push_back(std::move(argument));
    }
  }
  absl::StatusOr<Options> options = TakeOptions(rest);
  if (!options.ok()) return options.status();
  if (context.linker.empty() || context.compiler.empty()) {
    return absl::InvalidArgumentError(
        "chestnut-ld is a stage of chestnut cc and is not called by itself");
  }
  context.options = *std::move(options);
  arguments = std::move(rest);
  return context;
}

}  // namespace chestnut::driver
