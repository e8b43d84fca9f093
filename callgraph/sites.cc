#include "callgraph/sites.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "callgraph/libc_knowledge.h"
#include "callgraph/values.h"
#include "syscalls/arguments.h"

namespace chestnut::callgraph {
namespace {

constexpr int kArguments = 6;
// Call paths followed for one site; beyond that its callers are not told apart.
constexpr int kMaxPaths = 20000;

class SiteCollector {
 public:
  SiteCollector(const Program& program, Types& types, const Solver& solver,
                const Walk& walk)
      : program_(program),
        solver_(solver),
        walk_(walk),
        evaluator_(program, types, solver, walk) {}

  std::vector<SiteUse> Run() {
    for (FunctionId id : walk_.order()) {
      const Function& function = program_.function(id);
      for (uint32_t i = 0; i < function.body_count; ++i) {
        const BodyId body = function.first_body + i;
        const auto* sites = program_.body(body).facts->sites();
        if (sites == nullptr) continue;
        for (const facts::SyscallSite* site : *sites) {
          body_ = body;
          site_ = site;
          paths_ = 0;
          path_.clear();
          knowledge_ = function.internal
                           ? nullptr
                           : FindVariadicSystemCall(function.name);
          const Frame frame{.function = id};
          Follow(frame, frame);
        }
      }
    }
    return std::move(uses_);
  }

 private:
  // `site` is the frame of the site, `outermost` the last one of its chain.
  void Follow(const Frame& site, const Frame& outermost) {
    bool needs_caller = false;
    ValueSet number =
        evaluator_.Evaluate(body_, site_->number(), site, &needs_caller);
    if (needs_caller && number.known() && CanGoOn(outermost)) {
      FollowCallers(site, outermost);
      return;
    }
    if (needs_caller) {
      number = evaluator_.Evaluate(body_, site_->number(), site, nullptr);
    }
    Conclude(site, std::move(number));
  }

  // Not where the callers are unknown or too many.
  bool CanGoOn(const Frame& outermost) const {
    if (walk_.IsRoot(outermost.function) || paths_ > kMaxPaths) return false;
    return std::none_of(
        solver_.callers(outermost.function).begin(),
        solver_.callers(outermost.function).end(), [this](CallId call) {
          return std::find(path_.begin(), path_.end(), call) != path_.end();
        });
  }

  void FollowCallers(const Frame& site, const Frame& outermost) {
    for (CallId call : solver_.callers(outermost.function)) {
      const FunctionId caller = program_.body(solver_.call(call).body).function;
      if (!walk_.Reaches(caller)) continue;
      ++paths_;
      path_.push_back(call);
      Extend(site, call, caller);
      path_.pop_back();
    }
  }

  // Makes the chain one frame longer. Frames point outwards, so the chain is
  // built again; it is short.
  void Extend(const Frame& site, CallId call, FunctionId caller) {
    std::vector<Frame> chain;
    for (const Frame* frame = &site; frame != nullptr; frame = frame->caller) {
      chain.push_back(*frame);
    }
    chain.back().call = call;
    chain.push_back({.function = caller});
    for (size_t i = 0; i + 1 < chain.size(); ++i) {
      chain[i].caller = &chain[i + 1];
    }
    Follow(chain.front(), chain.back());
  }

  void Conclude(const Frame& site, ValueSet number) {
    SiteUse use;
    use.body = body_;
    use.site = site_;
    use.path = path_;
    use.number = std::move(number);
    for (int i = 0; i < kArguments; ++i) {
      use.arguments[i] = IsWanted(use.number, i)
                             ? Argument(site, i)
                             : ValueSet::Unknown("not asked for");
    }
    uses_.push_back(std::move(use));
  }

  static bool IsWanted(const ValueSet& number, int index) {
    return std::any_of(number.constants().begin(), number.constants().end(),
                       [index](int64_t n) {
                         return syscalls::IsRuled(static_cast<int>(n), index);
                       });
  }

  ValueSet Argument(const Frame& site, int index) {
    if (knowledge_ != nullptr) {
      return evaluator_.EvaluateParameter(
          static_cast<uint32_t>(index + knowledge_->shift), site, nullptr);
    }
    const auto* arguments = site_->arguments();
    if (arguments == nullptr ||
        static_cast<uint32_t>(index) >= arguments->size()) {
      return ValueSet::Unknown("the site does not set it");
    }
    return evaluator_.Evaluate(body_, arguments->Get(index), site, nullptr);
  }

  const Program& program_;
  const Solver& solver_;
  const Walk& walk_;
  Evaluator evaluator_;
  std::vector<SiteUse> uses_;

  // The site at hand.
  BodyId body_ = 0;
  const facts::SyscallSite* site_ = nullptr;
  const VariadicSystemCall* knowledge_ = nullptr;
  std::vector<CallId> path_;
  int paths_ = 0;
};

}  // namespace

std::vector<SiteUse> CollectSites(const Program& program, Types& types,
                                  const Solver& solver, const Walk& walk) {
  return SiteCollector(program, types, solver, walk).Run();
}

}  // namespace chestnut::callgraph
