#include "binalyzer/module_statistics.h"

#include <algorithm>

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

void CountSymbols(const ModuleModel& model, ModuleStatistics* out) {
  for (const ImageSymbol& symbol : model.image().symbols()) {
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
  }
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
  return "ignored: in tables of the loader or unwinder";
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
  CountSymbols(model, statistics);
  for (const ImageRelocation& relocation : model.image().relocations()) {
    ++statistics->relocations[WhatOf(model, relocation)];
  }
  statistics->objects = model.objects().objects().size();
  statistics->evaluated = values.evaluated();
  CountSites(unit, statistics);
}

}  // namespace chestnut::binalyzer
