#include "binalyzer/module_facts.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "binalyzer/call_values.h"
#include "binalyzer/function_facts.h"
#include "binalyzer/module_model.h"
#include "binalyzer/module_statistics.h"
#include "binalyzer/module_symbols.h"
#include "binalyzer/object_facts.h"
#include "binalyzer/value_facts.h"
#include "facts/builder.h"

namespace chestnut::binalyzer {
namespace {

class Writer {
 public:
  Writer(const ModuleModel& model, const ModuleOptions& options)
      : model_(model),
        options_(options),
        symbols_(model, options.describe, builder_),
        values_(model) {}

  std::string Run() {
    WriteHeader();
    symbols_.AddExports();
    symbols_.AddResolvers();
    AddStartupArrays(model_, symbols_, builder_);
    values_.Run([this](const ValuePool& pool, ValueId value) {
      return ToFacts(model_, pool, value, symbols_, builder_);
    });
    interesting_ = FindInteresting(model_);
    WriteFunctions();
    WriteThreadLocals();
    WriteObjects();
    WriteResolvers();
    WriteRoots();
    if (!options_.any_of_them.empty()) WriteAnyOfThem();
    if (options_.statistics != nullptr) {
      FillStatistics(model_, values_, builder_.unit(), options_.statistics);
    }
    return builder_.Serialize();
  }

 private:
  uint32_t OptionalString(absl::string_view text) {
    return text.empty() ? facts::kNone : builder_.String(text);
  }

  void WriteHeader() {
    const Image& image = model_.image();
    facts::UnitT& unit = builder_.unit();
    unit.kind = facts::UnitKind::module_;
    unit.name = builder_.String(image.ModuleName());
    unit.target = builder_.String("x86_64-linux-gnu");
    unit.producer = builder_.String("chestnut binalyzer");
    unit.language = builder_.String("assembly");
    unit.content_digest = builder_.String(image.Identity());
    auto module = std::make_unique<facts::ModuleT>();
    module->type = TypeOf(image);
    module->soname = OptionalString(image.dynamic().soname);
    module->build_id = OptionalString(image.build_id());
    for (absl::string_view name : image.dynamic().needed) {
      module->needed.push_back(builder_.String(name));
    }
    module->rpath = OptionalString(image.dynamic().rpath);
    module->runpath = OptionalString(image.dynamic().runpath);
    module->interpreter = OptionalString(image.interpreter());
    module->bind_now = image.dynamic().bind_now;
    module->symbolic = image.dynamic().symbolic;
    unit.module_ = std::move(module);
  }

  static facts::ModuleType TypeOf(const Image& image) {
    constexpr uint64_t kPie = 0x08000000;  // DF_1_PIE
    switch (image.kind()) {
      case ImageKind::kExecutable:
        return facts::ModuleType::executable;
      case ImageKind::kRelocatable:
        return facts::ModuleType::relocatable;
      case ImageKind::kShared:
        break;
    }
    const bool program =
        !image.interpreter().empty() || (image.dynamic().flags_1 & kPie) != 0;
    // libc.so.6 can be run as well, and has a name to be loaded by.
    return program && image.dynamic().soname.empty()
               ? facts::ModuleType::executable
               : facts::ModuleType::shared;
  }

  void WriteFunctions() {
    FunctionFacts functions(model_, values_, interesting_, symbols_, builder_);
    for (uint32_t i = 0; i < model_.scans().size(); ++i) {
      if (model_.IsPlt(i) || model_.GroupOf(i) != i ||
          symbols_.IsDescribed(model_.scans()[i].range.begin)) {
        continue;
      }
      builder_.unit().functions.push_back(functions.Make(i));
    }
  }

  // Nobody sees where thread-local variables are referred to.
  void WriteThreadLocals() {
    const auto objects = model_.objects().objects();
    for (uint32_t i = 0; i < objects.size(); ++i) {
      if (!objects[i].thread_local_image || !interesting_[i] ||
          symbols_.IsDescribed(objects[i].range.begin)) {
        continue;
      }
      AddRoot(facts::RootKind::used, symbols_.Object(i));
    }
  }

  // More of them come up on the way.
  void WriteObjects() {
    for (size_t i = 0; i < symbols_.objects().size(); ++i) {
      builder_.unit().objects.push_back(MakeObjectFacts(
          model_, symbols_.objects()[i], interesting_, symbols_, builder_));
    }
  }

  void WriteAnyOfThem() {
    facts::UnitT& unit = builder_.unit();
    auto all = std::make_unique<facts::FunctionT>();
    for (const auto& function : unit.functions) {
      auto call = std::make_unique<facts::CallT>();
      call->kind = facts::CallKind::direct;
      call->symbol = function->symbol;
      call->line = function->line;
      all->calls.push_back(std::move(call));
    }
    all->symbol = symbols_.Invented(options_.any_of_them);
    all->untyped = true;
    unit.functions.push_back(std::move(all));
  }

  // Which function an ifunc is: any whose address its resolver, or what that
  // calls in this module, takes or finds in data.
  void WriteResolvers() {
    facts::UnitT& unit = builder_.unit();
    for (const auto& function : unit.functions) {
      function_of_[function->symbol] = function.get();
    }
    for (const auto& object : unit.objects) {
      object_of_[object->symbol] = object.get();
    }
    for (uint32_t resolver : symbols_.resolvers()) {
      auto found = function_of_.find(symbols_.Function(resolver));
      if (found != function_of_.end()) WriteResults(*found->second);
    }
  }

  void WriteResults(facts::FunctionT& resolver) {
    std::vector<uint32_t> queue = {resolver.symbol};
    absl::flat_hash_set<uint32_t> seen = {resolver.symbol};
    std::vector<uint32_t> results;
    auto visit = [&](uint32_t symbol) {
      if (seen.insert(symbol).second) queue.push_back(symbol);
    };
    while (!queue.empty()) {
      const uint32_t symbol = queue.back();
      queue.pop_back();
      auto function = function_of_.find(symbol);
      if (function != function_of_.end()) {
        const facts::FunctionT& facts = *function->second;
        results.insert(results.end(), facts.address_taken.begin(),
                       facts.address_taken.end());
        for (const auto& call : facts.calls) visit(call->symbol);
        for (uint32_t object : facts.objects) visit(object);
      }
      auto object = object_of_.find(symbol);
      if (object == object_of_.end()) continue;
      results.insert(results.end(), object->second->address_taken.begin(),
                     object->second->address_taken.end());
      for (uint32_t other : object->second->objects) visit(other);
    }
    std::sort(results.begin(), results.end());
    results.erase(std::unique(results.begin(), results.end()), results.end());
    // Else its result would be open: anything whose address is taken anywhere.
    resolver.untyped = false;
    for (uint32_t symbol : results) {
      resolver.flows.push_back(facts::Flow(facts::SinkKind::result, true, 0, 0,
                                           facts::kNone,
                                           builder_.FunctionAddress(symbol)));
    }
  }

  void AddRoot(facts::RootKind kind, uint32_t symbol) {
    builder_.unit().roots.push_back(facts::Root(kind, symbol, 0));
  }

  void WriteRoots() {
    const uint64_t entry = model_.image().entry();
    if (entry == 0) return;
    const int64_t range = model_.functions().IndexAt(entry);
    if (range < 0 || model_.IsPlt(static_cast<uint32_t>(range))) return;
    AddRoot(facts::RootKind::start,
            symbols_.Function(static_cast<uint32_t>(range)));
  }

  const ModuleModel& model_;
  const ModuleOptions& options_;
  facts::FactsBuilder builder_;
  ModuleSymbols symbols_;
  CallValues values_;
  std::vector<bool> interesting_;
  absl::flat_hash_map<uint32_t, facts::FunctionT*> function_of_;
  absl::flat_hash_map<uint32_t, facts::DataObjectT*> object_of_;
};

}  // namespace

absl::StatusOr<std::string> ModuleFacts(const Image& image,
                                        const ModuleOptions& options) {
  absl::StatusOr<ModuleModel> model = ModuleModel::Build(image);
  if (!model.ok()) return model.status();
  return Writer(*model, options).Run();
}

}  // namespace chestnut::binalyzer
