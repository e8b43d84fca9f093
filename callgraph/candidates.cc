#include "callgraph/candidates.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "nlohmann/json.hpp"

namespace chestnut::callgraph {
namespace {

auto PlaceKey(const CandidateSite& site) {
  return std::tie(site.function, site.file, site.line, site.unit,
                  site.is_virtual);
}

}  // namespace

std::vector<CandidateSite> ListCandidates(const Program& program,
                                          const Solver& solver) {
  std::vector<CandidateSite> sites;
  for (CallId id = 0; id < solver.call_count(); ++id) {
    const CallRecord& call = solver.call(id);
    if (call.facts->kind() == facts::CallKind::direct) continue;
    const Body& body = program.body(call.body);
    const facts::UnitView& unit = program.unit(body.unit);
    CandidateSite site;
    site.function = std::string(program.function(body.function).name);
    site.unit = std::string(unit.name());
    site.file = std::string(unit.String(call.facts->file()));
    site.line = call.facts->line();
    site.is_virtual = call.facts->kind() == facts::CallKind::virtual_;
    for (FunctionId target : solver.targets(id)) {
      site.targets.emplace_back(program.function(target).name);
    }
    sites.push_back(std::move(site));
  }
  std::sort(sites.begin(), sites.end(),
            [](const CandidateSite& a, const CandidateSite& b) {
              return PlaceKey(a) < PlaceKey(b);
            });
  std::vector<CandidateSite> merged;
  for (CandidateSite& site : sites) {
    if (!merged.empty() && PlaceKey(merged.back()) == PlaceKey(site)) {
      auto& targets = merged.back().targets;
      targets.insert(targets.end(), site.targets.begin(), site.targets.end());
    } else {
      merged.push_back(std::move(site));
    }
  }
  for (CandidateSite& site : merged) {
    std::sort(site.targets.begin(), site.targets.end());
    site.targets.erase(std::unique(site.targets.begin(), site.targets.end()),
                       site.targets.end());
  }
  return merged;
}

std::string CandidatesToJson(const std::vector<CandidateSite>& sites) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const CandidateSite& site : sites) {
    list.push_back({{"function", site.function},
                    {"unit", site.unit},
                    {"file", site.file},
                    {"line", site.line},
                    {"kind", site.is_virtual ? "virtual" : "indirect"},
                    {"targets", site.targets}});
  }
  return list.dump(1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

}  // namespace chestnut::callgraph
