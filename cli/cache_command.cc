#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "driver/module_cache.h"
#include "driver/process.h"

namespace chestnut::cli {
namespace {

int Cache(bool clear) {
  if (clear) {
    absl::Status status = driver::ModuleCache::Clear();
    if (!status.ok()) driver::PrintError(status.message());
    return status.ok() ? kExitDone : kExitWrongUse;
  }
  absl::StatusOr<driver::CacheUsage> usage = driver::ModuleCache::Usage();
  if (!usage.ok()) {
    driver::PrintError(usage.status().message());
    return kExitWrongUse;
  }
  std::printf("%s: facts of %llu modules, %.1f of at most %.1f MiB\n",
              usage->folder.c_str(),
              static_cast<unsigned long long>(usage->entries),
              static_cast<double>(usage->bytes) / (1 << 20),
              static_cast<double>(usage->limit) / (1 << 20));
  return kExitDone;
}

}  // namespace

void AddCacheCommand(CLI::App& app, int& exit_code) {
  auto clear = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("cache", "what analyses keep for the next time");
  command->add_flag("--clear", *clear, "remove it");
  command->callback([clear, &exit_code]() { exit_code = Cache(*clear); });
}

}  // namespace chestnut::cli
