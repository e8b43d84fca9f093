#include "binalyzer/module_statistics.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "facts/builder.h"

namespace chestnut::binalyzer {
namespace {

const char* NameOf(FunctionSource source) {
  switch (source) {
    case FunctionSource::kPlt:
      return "procedure linkage table";
    case FunctionSource::kFrame:
      return "unwind table";
    case FunctionSource::kSymbol:
      return "symbol";
    case FunctionSource::kStartup:
      return "run by the loader";
    case FunctionSource::kRelocation:
      return "relocation";
    case FunctionSource::kGap:
      return "gap";
  }
  return "";
}

void CountFunctions(const ModuleModel& model, ModuleStatistics* out) {
  const auto functions = model.functions().functions();
  for (uint32_t i = 0; i < functions.size(); ++i) {
    const char* source = NameOf(functions[i].source);
    ++out->functions[source];
    out->function_bytes[source] += functions[i].range.size();
    out->code_bytes += functions[i].range.size();
    const RangeScan& scan = model.scans()[i];
    out->instructions += scan.instructions;
    out->undecoded.insert(out->undecoded.end(), scan.undecoded.begin(),
                          scan.undecoded.end());
    if (model.GroupOf(i) != i) ++out->parts;
    if (model.GroupOf(i) == i && !model.Returns(i)) ++out->never_return;
  }
}

void CountPadding(const ModuleModel& model, ModuleStatistics* out) {
  uint64_t code = 0;
  for (const AddressRange& range : model.functions().code()) {
    code += range.size();
  }
  out->padding_bytes = code - out->code_bytes;
}

bool IsFunction(const ImageSymbol& symbol) {
  return symbol.defined && (symbol.kind == SymbolKind::kFunction ||
                            symbol.kind == SymbolKind::kIndirectFunction);
}

void CountSymbols(const ModuleModel& model, ModuleStatistics* out) {
  for (const ImageSymbol& symbol : model.image().symbols()) {
    // The first of a table is none.
    if (!symbol.defined && symbol.name.empty()) continue;
    const char* what;
    if (!symbol.defined) {
      what = "undefined: bound by the loader";
    } else if (symbol.absolute || symbol.kind == SymbolKind::kFile) {
      what = "a number or a file";
    } else if (symbol.kind == SymbolKind::kThreadLocal) {
      what = "thread-local";
    } else if (symbol.kind == SymbolKind::kSection) {
      what = "a section";
    } else if (model.functions().IndexAt(symbol.address) >= 0) {
      what = "in a function";
    } else if (!model.objects().ObjectsFor(symbol.address).empty()) {
      what = "in or behind an object";
    } else if (model.image().SegmentAt(symbol.address) != nullptr) {
      what = "in tables of the loader, the GOT or padding";
    } else {
      what = "outside of the image";
    }
    ++out->symbols[what];
    if (IsFunction(symbol)) ++out->function_symbols[what];
  }
}

// The arrays are no objects. What an entry leads to tells it, where no section
// header says what it is in.
bool IsStartupEntry(const Image& image, const ImageRelocation& relocation) {
  const auto target = image.TargetOf(relocation);
  for (const auto& list : {image.preinit(), image.init(), image.fini()}) {
    for (const StartupFunction& function : list) {
      if (function.symbol != kNoSymbol ? function.symbol == relocation.symbol
                                       : function.address == target) {
        return true;
      }
    }
  }
  return false;
}

const char* WhatOf(const ModuleModel& model,
                   const ImageRelocation& relocation) {
  switch (relocation.kind) {
    case RelocationKind::kThreadOffset:
    case RelocationKind::kThreadModule:
    case RelocationKind::kThreadDescriptor:
      return "ignored: thread-local";
    case RelocationKind::kSize:
      return "ignored: a size";
    case RelocationKind::kCopy:
      return "used: copied object";
    case RelocationKind::kIndirectRelative:
      return "used: ifunc";
    default:
      break;
  }
  if (model.IsSlot(relocation.address)) return "used: slot of the GOT";
  if (model.functions().IndexAt(relocation.address) >= 0) {
    return "used: in code";
  }
  if (model.objects().ObjectAt(relocation.address) != nullptr) {
    return "used: in an object";
  }
  if (IsStartupEntry(model.image(), relocation)) {
    return "used: in an array of start-up functions";
  }
  const absl::string_view section =
      model.image().SectionNameAt(relocation.address);
  for (absl::string_view table : {".got", ".dynamic", ".eh_frame", ".plt",
                                  ".gcc_except_table", ".note"}) {
    if (absl::StartsWith(section, table)) {
      return "ignored: in tables of the loader or unwinder";
    }
  }
  const AddressRange frames = model.image().eh_frame();
  if (frames.contains(relocation.address)) {
    return "ignored: in tables of the loader or unwinder";
  }
  return "unknown: in nothing that was recognised";
}

void CountSites(const facts::UnitT& unit, ModuleStatistics* out) {
  for (const auto& function : unit.functions) {
    for (const auto& site : function->sites) {
      // Along the expression's operands: all constants, or what else.
      bool parameter = false;
      bool unknown = false;
      std::vector<uint32_t> queue = {site->number};
      while (!queue.empty()) {
        const facts::Value& value = unit.values[queue.back()];
        queue.pop_back();
        switch (value.kind()) {
          case facts::ValueKind::constant:
            break;
          case facts::ValueKind::parameter:
            parameter = true;
            break;
          case facts::ValueKind::cast:
            queue.push_back(value.a());
            break;
          case facts::ValueKind::join:
          case facts::ValueKind::binary:
            queue.push_back(value.a());
            queue.push_back(value.b());
            break;
          default:
            unknown = true;
        }
      }
      ++(unknown     ? out->sites_unknown
         : parameter ? out->sites_parameter
                     : out->sites_constant);
      if (unknown || parameter) out->open_sites.push_back(site->line);
    }
  }
  std::sort(out->open_sites.begin(), out->open_sites.end());
}

}  // namespace

void FillStatistics(const ModuleModel& model, const CallValues& values,
                    const facts::UnitT& unit, ModuleStatistics* statistics) {
  CountFunctions(model, statistics);
  CountPadding(model, statistics);
  CountSymbols(model, statistics);
  for (const ImageRelocation& relocation : model.image().relocations()) {
    // Slots of a GOT that only the link will make are ours, not the object's.
    if (model.image().kind() == ImageKind::kRelocatable &&
        relocation.kind == RelocationKind::kGlobDat) {
      continue;
    }
    ++statistics->relocations[WhatOf(model, relocation)];
  }
  statistics->objects = model.objects().objects().size();
  statistics->evaluated = values.evaluated();
  CountSites(unit, statistics);
  for (const RangeScan& scan : model.scans()) {
    for (const SystemCallInstruction& site : scan.sites) {
      if (values.NeverRuns(site.address)) {
        statistics->never_run.push_back(site.address);
      }
    }
  }
}

}  // namespace chestnut::binalyzer
