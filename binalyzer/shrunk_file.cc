#include "binalyzer/shrunk_file.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace chestnut::binalyzer {
namespace {

constexpr int kExitUnreadable = 2;

// Never freed, as a handler may be looking at it; used again for later files.
struct Mapping {
  std::atomic<uintptr_t> begin = 0;  // 0: unused
  std::atomic<size_t> size = 0;
  std::atomic<const std::string*> path = nullptr;
  Mapping* next = nullptr;
};

std::atomic<Mapping*> mappings = nullptr;

const std::string* FindPath(uintptr_t address) {
  for (Mapping* m = mappings.load(); m != nullptr; m = m->next) {
    const uintptr_t begin = m->begin.load();
    if (begin != 0 && address >= begin && address - begin < m->size.load()) {
      return m->path.load();
    }
  }
  return nullptr;
}

void Say(absl::string_view text) {
  const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
  (void)written;
}

void OnBusError(int /*signal*/, siginfo_t* info, void* /*context*/) {
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  const std::string* path = FindPath(address);
  if (path == nullptr) {
    // The instruction is repeated, and now ends the process.
    std::signal(SIGBUS, SIG_DFL);
    return;
  }
  Say("chestnut: ");
  Say(*path);
  Say(": it became shorter while it was read; repeat this when nothing writes "
      "to it\n");
  _exit(kExitUnreadable);
}

void InstallHandler() {
  struct sigaction action = {};
  action.sa_sigaction = OnBusError;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

// What the handler never looks at: a link may map thousands of files.
struct Registry {
  std::mutex mutex;
  absl::flat_hash_map<uintptr_t, Mapping*> used;  // by begin
  std::vector<Mapping*> unused;
};

Registry& GetRegistry() {
  static auto* const registry = new Registry;
  return *registry;
}

}  // namespace

void WatchMapping(absl::string_view bytes, const std::string& path) {
  Registry& registry = GetRegistry();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  static const bool installed = [] {
    InstallHandler();
    return true;
  }();
  (void)installed;
  const bool found = !registry.unused.empty();
  Mapping* mapping = found ? registry.unused.back() : new Mapping;
  if (found) registry.unused.pop_back();
  const auto begin = reinterpret_cast<uintptr_t>(bytes.data());
  registry.used[begin] = mapping;
  delete mapping->path.exchange(new std::string(path));
  mapping->size = bytes.size();
  mapping->begin = begin;
  if (found) return;
  mapping->next = mappings.load();
  mappings = mapping;
}

void ForgetMapping(absl::string_view bytes) {
  Registry& registry = GetRegistry();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  const auto it = registry.used.find(reinterpret_cast<uintptr_t>(bytes.data()));
  if (it == registry.used.end()) return;
  it->second->begin = 0;
  registry.unused.push_back(it->second);
  registry.used.erase(it);
}

}  // namespace chestnut::binalyzer
