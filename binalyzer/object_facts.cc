#include "binalyzer/object_facts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace chestnut::binalyzer {
namespace {

// What a word means for the facts.
struct Referred {
  enum class Kind { kNothing, kFunction, kResolver, kSymbol, kObjects };
  Kind kind = Kind::kNothing;
  uint32_t index = 0;
};

Referred Interpret(const ModuleModel& model, const DataReference& reference,
                   uint32_t object) {
  Referred result;
  if ((reference.guessed || reference.relative) &&
      model.IsSwitchTable(object)) {
    return result;
  }
  Image::Pointer pointer;
  pointer.address = reference.target;
  pointer.symbol = reference.symbol;
  pointer.by_resolver = reference.by_resolver;
  const Destination destination = model.ResolvePointer(pointer);
  result.index = destination.index;
  switch (destination.kind) {
    case Destination::Kind::kFunction:
      // Tables that switches jump by, seen from the jump; a switch's table may
      // lead to a part of its function.
      if (reference.guessed &&
          (destination.inside ||
           model.GroupOf(destination.index) != destination.index)) {
        return result;
      }
      result.kind = Referred::Kind::kFunction;
      return result;
    case Destination::Kind::kResolver:
      result.kind = Referred::Kind::kResolver;
      return result;
    case Destination::Kind::kSymbol:
      result.kind = Referred::Kind::kSymbol;
      return result;
    case Destination::Kind::kData:
      result.kind = Referred::Kind::kObjects;
      return result;
    case Destination::Kind::kNothing:
      // The end of an array may be the end of everything.
      if (reference.target != 0) result.kind = Referred::Kind::kObjects;
      return result;
  }
  return result;
}

class ObjectFacts {
 public:
  ObjectFacts(const ModuleModel& model, const std::vector<bool>& interesting,
              ModuleSymbols& symbols, facts::FactsBuilder& builder)
      : model_(model),
        interesting_(interesting),
        symbols_(symbols),
        builder_(builder),
        out_(std::make_unique<facts::DataObjectT>()) {}

  std::unique_ptr<facts::DataObjectT> Make(uint32_t object) {
    const DataObject& data = model_.objects().objects()[object];
    out_->symbol = symbols_.Object(object);
    for (const DataReference& reference : model_.objects().References(object)) {
      // A copy is named by its symbol.
      if (!reference.copied) Add(reference, object);
    }
    const bool relocatable = model_.image().kind() == ImageKind::kRelocatable;
    // In linked files DataObjects joins those that code walks.
    if (relocatable && HasBorderSymbols(data.section)) {
      AddNeighbours(object, data.section);
    }
    if (relocatable && !IsStartup(data.section) && !data.section.empty()) {
      out_->section = builder_.String(data.section);
    }
    // Code without types may change it.
    if (data.writable) {
      out_->opened.push_back(facts::AddressTakenPlace(
          facts::OpenKind::global, out_->symbol, 0, facts::kNone));
    }
    return Finish();
  }

  std::unique_ptr<facts::DataObjectT> MakeArray(
      uint32_t symbol, absl::string_view section,
      absl::Span<const StartupFunction> functions) {
    out_->symbol = symbol;
    out_->section = builder_.String(section);
    for (const StartupFunction& function : functions) {
      Add({.target = function.address, .symbol = function.symbol}, 0);
    }
    return Finish();
  }

 private:
  // AddStartupArrays says it.
  static bool IsStartup(absl::string_view section) {
    return absl::StartsWith(section, ".preinit_array") ||
           absl::StartsWith(section, ".init_array") ||
           absl::StartsWith(section, ".fini_array") ||
           absl::StartsWith(section, ".ctors") ||
           absl::StartsWith(section, ".dtors");
  }

  void Add(const DataReference& reference, uint32_t object) {
    const Referred referred = Interpret(model_, reference, object);
    switch (referred.kind) {
      case Referred::Kind::kFunction:
        out_->address_taken.push_back(symbols_.Function(referred.index));
        break;
      case Referred::Kind::kResolver:
        out_->address_taken.push_back(symbols_.Resolved(referred.index));
        break;
      case Referred::Kind::kSymbol:
        AddNamed(referred.index);
        break;
      case Referred::Kind::kObjects:
        for (uint32_t other : model_.objects().ObjectsFor(reference.target)) {
          if (interesting_[other]) {
            out_->objects.push_back(symbols_.Object(other));
          }
        }
        break;
      case Referred::Kind::kNothing:
        break;
    }
  }

  void AddNamed(uint32_t image_symbol) {
    const bool function = symbols_.MayBeFunction(image_symbol);
    const bool object = symbols_.MayBeObject(image_symbol);
    if (!function && !object) return;
    const uint32_t symbol = symbols_.Named(image_symbol);
    if (function) out_->address_taken.push_back(symbol);
    if (object) out_->objects.push_back(symbol);
  }

  void AddNeighbours(uint32_t object, absl::string_view section) {
    const auto objects = model_.objects().objects();
    for (uint32_t other : {object - 1, object + 1}) {
      if (other < objects.size() && objects[other].section == section &&
          interesting_[other]) {
        out_->objects.push_back(symbols_.Object(other));
      }
    }
  }

  std::unique_ptr<facts::DataObjectT> Finish() {
    for (std::vector<uint32_t>* list : {&out_->address_taken, &out_->objects}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    for (uint32_t symbol : out_->address_taken) {
      out_->flows.push_back(facts::Flow(facts::SinkKind::untyped, true, 0, 0,
                                        facts::kNone,
                                        builder_.FunctionAddress(symbol)));
    }
    return std::move(out_);
  }

  const ModuleModel& model_;
  const std::vector<bool>& interesting_;
  ModuleSymbols& symbols_;
  facts::FactsBuilder& builder_;
  std::unique_ptr<facts::DataObjectT> out_;
};

// Pieces of _init and _fini in objects, which the linker puts together: they
// run, and nobody has their address.
bool AddPiece(const ModuleModel& model, const StartupFunction& function,
              ModuleSymbols& symbols, facts::FactsBuilder& builder) {
  if (model.image().kind() != ImageKind::kRelocatable ||
      function.address == 0) {
    return false;
  }
  const absl::string_view section =
      model.image().SectionNameAt(function.address);
  const bool init = section == ".init";
  const int64_t range = model.functions().IndexAt(function.address);
  if ((!init && section != ".fini") || range < 0) return false;
  builder.unit().roots.emplace_back(
      init ? facts::RootKind::constructor : facts::RootKind::destructor,
      symbols.Function(static_cast<uint32_t>(range)), 0);
  return true;
}

}  // namespace

bool HasBorderSymbols(absl::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

std::vector<bool> FindInteresting(const ModuleModel& model) {
  const auto objects = model.objects().objects();
  const bool relocatable = model.image().kind() == ImageKind::kRelocatable;
  std::vector<bool> interesting(objects.size());
  std::vector<std::vector<uint32_t>> referrers(objects.size());
  std::vector<uint32_t> queue;
  auto mark = [&](uint32_t object) {
    if (interesting[object]) return;
    interesting[object] = true;
    queue.push_back(object);
  };
  for (uint32_t i = 0; i < objects.size(); ++i) {
    for (const DataReference& reference : model.objects().References(i)) {
      const Referred referred = Interpret(model, reference, i);
      if (referred.kind == Referred::Kind::kObjects) {
        for (uint32_t object : model.objects().ObjectsFor(reference.target)) {
          referrers[object].push_back(i);
        }
      } else if (referred.kind != Referred::Kind::kNothing) {
        mark(i);
      }
    }
    // Between __start_NAME and __stop_NAME all are one.
    if (relocatable && i > 0 && HasBorderSymbols(objects[i].section) &&
        objects[i - 1].section == objects[i].section) {
      referrers[i].push_back(i - 1);
      referrers[i - 1].push_back(i);
    }
  }
  while (!queue.empty()) {
    const uint32_t object = queue.back();
    queue.pop_back();
    for (uint32_t referrer : referrers[object]) mark(referrer);
  }
  return interesting;
}

std::unique_ptr<facts::DataObjectT> MakeObjectFacts(
    const ModuleModel& model, uint32_t object,
    const std::vector<bool>& interesting, ModuleSymbols& symbols,
    facts::FactsBuilder& builder) {
  return ObjectFacts(model, interesting, symbols, builder).Make(object);
}

void AddStartupArrays(const ModuleModel& model, ModuleSymbols& symbols,
                      facts::FactsBuilder& builder) {
  const Image& image = model.image();
  const std::pair<absl::string_view, absl::Span<const StartupFunction>>
      arrays[] = {{".preinit_array", image.preinit()},
                  {".init_array", image.init()},
                  {".fini_array", image.fini()}};
  const std::vector<bool> interesting(model.objects().objects().size());
  for (const auto& [section, all] : arrays) {
    std::vector<StartupFunction> functions;
    for (const StartupFunction& function : all) {
      if (!AddPiece(model, function, symbols, builder)) {
        functions.push_back(function);
      }
    }
    if (functions.empty()) continue;
    const uint32_t symbol =
        symbols.Synthetic(section, facts::SymbolType::object);
    builder.unit().objects.push_back(
        ObjectFacts(model, interesting, symbols, builder)
            .MakeArray(symbol, section, functions));
  }
}

}  // namespace chestnut::binalyzer
