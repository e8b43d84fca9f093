#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "driver/musl.h"
#include "driver/process.h"

namespace chestnut::cli {

void AddLibcCommand(CLI::App& app, int& exit_code) {
  auto source = std::make_shared<driver::MuslSource>();
  CLI::App* libc =
      app.add_subcommand("libc", "the libc that is analysed from source");
  libc->require_subcommand(1);
  CLI::App* command = libc->add_subcommand(
      "musl", "build musl and its facts, and print where they are");
  command->add_option("--source", source->path,
                      "source folder or tarball (default: Debian's package)");
  command->callback([source, &exit_code]() {
    absl::StatusOr<std::string> folder = driver::EnsureMusl(*source);
    if (!folder.ok()) {
      driver::PrintError(folder.status().message());
      exit_code = kExitWrongUse;
      return;
    }
    std::printf("%s\n", folder->c_str());
  });
}

}  // namespace chestnut::cli
