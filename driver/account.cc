#include "driver/account.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "binalyzer/account.h"
#include "binalyzer/image.h"
#include "binalyzer/mapped_file.h"
#include "binalyzer/module_facts.h"

namespace chestnut::driver {
namespace {

absl::StatusOr<std::vector<std::string>> AccountOfFile(
    const binalyzer::LoadedFile& file) {
  absl::StatusOr<binalyzer::MappedFile> mapped =
      binalyzer::MappedFile::Open(file.file);
  if (!mapped.ok()) return mapped.status();
  absl::StatusOr<binalyzer::Image> image =
      binalyzer::Image::Read(mapped->bytes(), file.path);
  if (!image.ok()) return image.status();
  binalyzer::ModuleStatistics statistics;
  absl::StatusOr<std::string> facts =
      binalyzer::ModuleFacts(*image, {.statistics = &statistics});
  if (!facts.ok()) return facts.status();
  return binalyzer::AccountLines(file.name, statistics);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> AccountOf(
    const std::vector<binalyzer::LoadedFile>& files) {
  std::vector<absl::StatusOr<std::vector<std::string>>> results(
      files.size(), absl::InternalError("not read"));
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i; (i = next++) < files.size();) {
      results[i] = AccountOfFile(files[i]);
    }
  };
  std::vector<std::thread> threads;
  const size_t count = std::min<size_t>(
      std::max(1u, std::thread::hardware_concurrency()), files.size());
  for (size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> lines;
  for (auto& result : results) {
    if (!result.ok()) return result.status();
    std::move(result->begin(), result->end(), std::back_inserter(lines));
  }
  return lines;
}

}  // namespace chestnut::driver
