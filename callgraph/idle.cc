#include "callgraph/idle.h"

#include <algorithm>
#include <deque>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "callgraph/libc_knowledge.h"

namespace chestnut::callgraph {
namespace {

// Values nest; what is deeper is not looked at.
constexpr int kMostDepth = 8;

// What a value can be without looking at other functions.
struct Leaves {
  std::vector<int64_t> constants;
  std::vector<uint32_t> parameters;
};

void Collect(const facts::UnitView& unit, const facts::Function& function,
             uint32_t value, int depth, Leaves& leaves) {
  if (value == kNone || depth > kMostDepth) return;
  const facts::Value& entry = *unit.unit().values()->Get(value);
  switch (entry.kind()) {
    case facts::ValueKind::constant:
      leaves.constants.push_back(entry.constant());
      break;
    case facts::ValueKind::parameter:
      leaves.parameters.push_back(entry.a());
      break;
    case facts::ValueKind::join:
      Collect(unit, function, entry.b(), depth + 1, leaves);
      [[fallthrough]];
    case facts::ValueKind::cast:
      Collect(unit, function, entry.a(), depth + 1, leaves);
      break;
    case facts::ValueKind::local:
      if (function.flows() == nullptr) break;
      for (const facts::Flow* flow : *function.flows()) {
        if (flow->sink() == facts::SinkKind::local && flow->a() == entry.a()) {
          Collect(unit, function, flow->value(), depth + 1, leaves);
        }
      }
      break;
    default:
      break;
  }
}

}  // namespace

IdlePlaces::IdlePlaces(const Program& program, const Solver& solver,
                       const DeadFunctions& dead, const Walk& startup,
                       const Walk& running)
    : program_(program),
      solver_(solver),
      dead_(dead),
      startup_(startup),
      running_(running) {}

void IdlePlaces::Consider(BodyId body, uint32_t value, const Place& place,
                          int number) {
  Leaves leaves;
  const facts::UnitView& unit = program_.unit(program_.body(body).unit);
  Collect(unit, *program_.body(body).facts, value, 0, leaves);
  const bool wanted = std::any_of(
      leaves.constants.begin(), leaves.constants.end(),
      [number](int64_t n) { return static_cast<int32_t>(n) == number; });
  if (wanted && !running_.Reaches(place.function)) places_.push_back(place);
  for (uint32_t parameter : leaves.parameters) {
    const Wrapper wrapper(place.function, parameter);
    if (known_wrappers_.insert(wrapper).second) wrappers_.push_back(wrapper);
  }
}

void IdlePlaces::FindPlaces(int number) {
  for (BodyId id = 0; id < program_.bodies().size(); ++id) {
    const Body& body = program_.body(id);
    if (body.facts->sites() == nullptr) continue;
    for (const facts::SyscallSite* site : *body.facts->sites()) {
      if (site->kind() != facts::SiteKind::syscall) continue;
      Consider(id, site->number(),
               {body.function, body.unit, site->file(), site->line()}, number);
    }
    const Function& function = program_.function(body.function);
    if (!function.internal &&
        FindVariadicSystemCall(function.name) != nullptr &&
        known_wrappers_.insert({body.function, 0}).second) {
      wrappers_.emplace_back(body.function, 0);
    }
  }
  FollowWrappers(number);
}

// Who calls them, and with what, in live code and in other.
void IdlePlaces::FollowWrappers(int number) {
  while (!wrappers_.empty()) {
    absl::flat_hash_map<FunctionId, std::vector<uint32_t>> wanted;
    for (const auto& [function, parameter] : wrappers_) {
      wanted[function].push_back(parameter);
    }
    wrappers_.clear();
    for (BodyId id = 0; id < program_.bodies().size(); ++id) {
      const Body& body = program_.body(id);
      if (body.facts->calls() == nullptr) continue;
      for (const facts::Call* call : *body.facts->calls()) {
        if (call->kind() != facts::CallKind::direct ||
            call->arguments() == nullptr) {
          continue;
        }
        for (FunctionId callee :
             program_.target(body.unit, call->symbol()).functions) {
          auto found = wanted.find(callee);
          if (found == wanted.end()) continue;
          for (uint32_t parameter : found->second) {
            if (parameter >= call->arguments()->size()) continue;
            Consider(id, call->arguments()->Get(parameter),
                     {body.function, body.unit, call->file(), call->line()},
                     number);
          }
        }
      }
    }
  }
}

void IdlePlaces::AddReferrers(UnitId unit, uint32_t symbol,
                              const Referrer& referrer) {
  const Target& target = program_.target(unit, symbol);
  for (const auto* functions : {&target.functions, &target.resolvers}) {
    for (FunctionId function : *functions) {
      if (function == referrer.function) continue;
      referrers_[function].push_back(referrer);
    }
  }
}

void IdlePlaces::IndexReferrers() {
  if (indexed_) return;
  indexed_ = true;
  for (BodyId id = 0; id < program_.bodies().size(); ++id) {
    const Body& body = program_.body(id);
    Referrer referrer{.function = body.function, .body = id};
    if (body.facts->calls() != nullptr) {
      for (uint32_t i = 0; i < body.facts->calls()->size(); ++i) {
        const facts::Call& call = *body.facts->calls()->Get(i);
        if (call.kind() != facts::CallKind::direct) continue;
        referrer.call = i;
        AddReferrers(body.unit, call.symbol(), referrer);
      }
    }
    referrer.call = kNone;
    if (body.facts->address_taken() == nullptr) continue;
    for (uint32_t symbol : *body.facts->address_taken()) {
      AddReferrers(body.unit, symbol, referrer);
    }
  }
  for (ObjectId id = 0; id < program_.objects().size(); ++id) {
    for (const auto& [unit, facts] : program_.object(id).parts) {
      if (facts->address_taken() != nullptr) {
        for (uint32_t symbol : *facts->address_taken()) {
          AddReferrers(unit, symbol, {.object = id});
        }
      }
      if (facts->overrides() == nullptr) continue;
      for (const facts::Override* entry : *facts->overrides()) {
        AddReferrers(unit, entry->overrider(), {.object = id});
      }
    }
  }
}

void IdlePlaces::ExplainDead(FunctionId function, IdlePlace& result) {
  IndexReferrers();
  struct Visit {
    FunctionId function;
    uint32_t child;  // index of what it leads to; kNone: the place itself
    Referrer by;     // how it refers to the child
  };
  std::vector<Visit> visits = {{function, kNone, {}}};
  absl::flat_hash_set<FunctionId> seen = {function};
  uint32_t top = kNone;
  for (uint32_t i = 0; i < visits.size() && top == kNone; ++i) {
    const FunctionId at = visits[i].function;
    const std::string name(program_.function(at).name);
    auto found = referrers_.find(at);
    if (found == referrers_.end()) {
      result.reason =
          absl::StrCat("nothing calls ", name, " or takes its address");
      top = i;
      break;
    }
    for (const Referrer& by : found->second) {
      if (by.object != kNone) {
        if (!solver_.IsObjectLive(by.object)) {
          result.reason =
              absl::StrCat("only ", program_.object(by.object).name,
                           " holds the address of ", name,
                           ", and nothing that can run refers to that");
          top = i;
          break;
        }
      } else if (solver_.IsLive(by.function)) {
        const std::string from(program_.function(by.function).name);
        result.reason =
            by.call != kNone
                ? absl::StrCat(from, " calls ", name,
                               " only under a condition that never holds here")
                : absl::StrCat(from, " takes the address of ", name,
                               ", and no call through a pointer can mean it");
        top = i;
        break;
      } else if (seen.insert(by.function).second) {
        visits.push_back({by.function, i, by});
      }
    }
  }
  if (top == kNone) {
    result.reason = "only functions that nothing else calls lead to it";
    return;
  }
  for (uint32_t i = top; i != kNone; i = visits[i].child) {
    policy::WitnessStep step;
    step.function = std::string(program_.function(visits[i].function).name);
    const Referrer& by = visits[i].by;
    if (by.call != kNone) {
      const Body& body = program_.body(by.body);
      const facts::Call& call = *body.facts->calls()->Get(by.call);
      step.place = program_.unit(body.unit).Place(call.file(), call.line());
    } else if (by.body != kNone) {
      step.reason = "takes the address of the next";
    }
    result.chain.push_back(std::move(step));
  }
  result.chain.back().place = result.place;
}

IdlePlace IdlePlaces::Explain(const Place& place, Witnesses& witnesses) {
  IdlePlace result;
  const FunctionId function = place.function;
  result.function = std::string(program_.function(function).name);
  result.place = program_.unit(place.unit).Place(place.file, place.line);
  if (startup_.Reaches(function)) {
    result.reason = "runs before the filter goes on, and not again";
    result.chain = witnesses.ChainTo(startup_, function);
    result.chain.back().place = result.place;
  } else if (dead_.IsDead(function) || dead_.IsOver(function)) {
    result.reason =
        "what is known of the libc says that nothing calls it once the "
        "program runs";
  } else if (solver_.IsLive(function)) {
    result.reason =
        "only code that runs before the filter goes on, or not at all, leads "
        "to it";
  } else {
    ExplainDead(function, result);
  }
  return result;
}

std::vector<IdlePlace> IdlePlaces::Find(int number, Witnesses& witnesses) {
  FindPlaces(number);
  std::vector<IdlePlace> found;
  found.reserve(places_.size());
  for (const Place& place : places_) {
    found.push_back(Explain(place, witnesses));
  }
  auto order = [](const IdlePlace& a, const IdlePlace& b) {
    return std::tie(a.place, a.function, a.reason) <
           std::tie(b.place, b.function, b.reason);
  };
  std::sort(found.begin(), found.end(), order);
  found.erase(std::unique(found.begin(), found.end(),
                          [](const IdlePlace& a, const IdlePlace& b) {
                            return a.place == b.place &&
                                   a.function == b.function;
                          }),
              found.end());
  return found;
}

}  // namespace chestnut::callgraph
