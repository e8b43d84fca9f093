// What one function or data object contributes: the funnel through which every
// finding reaches the facts.
#ifndef CHESTNUT_FRONTEND_SCOPE_H_
#define CHESTNUT_FRONTEND_SCOPE_H_

#include <cstdint>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include "facts/builder.h"

namespace chestnut::frontend {

class Scope {
 public:
  bool HasCalls() const { return !calls_.empty(); }
  // Returns the index of the call, for CallResult.
  uint32_t AddCall(facts::CallT call);
  // Reserves the index of a call that is described later by SetCall.
  uint32_t ReserveCall();
  void SetCall(uint32_t index, facts::CallT call);
  uint32_t NewLocal() { return locals_++; }

  void AddFlow(facts::SinkKind sink, bool is_function, uint32_t a,
               uint32_t offset, uint32_t signature, uint32_t value);
  void AddSite(facts::SyscallSiteT site);
  void TakeAddress(uint32_t symbol) { address_taken_.insert(symbol); }
  void TakeMethod(uint32_t method) { methods_.insert(method); }
  void Refer(uint32_t object) { objects_.insert(object); }
  // Nothing for equal signatures.
  void AddCast(uint32_t from, uint32_t to);
  void AddConversion(facts::RecordUse use, uint32_t a,
                     uint32_t b = facts::kNone);
  void Open(facts::OpenKind kind, uint32_t a, uint32_t offset,
            uint32_t signature);

  // Moves everything into the entry. A call that was reserved and never
  // described sits in code that cannot run and becomes an unknown direct call
  // to nothing; `nothing` is an unknown value for it.
  void Finish(facts::FunctionT& function, uint32_t nothing);
  void Finish(facts::DataObjectT& object);

 private:
  template <typename Entry>
  void FinishCommon(Entry& entry);

  uint32_t locals_ = 0;
  std::vector<std::unique_ptr<facts::CallT>> calls_;
  std::set<std::tuple<int, bool, uint32_t, uint32_t, uint32_t, uint32_t>>
      flows_;
  std::vector<std::unique_ptr<facts::SyscallSiteT>> sites_;
  std::set<uint32_t> address_taken_, methods_, objects_;
  std::set<std::pair<uint32_t, uint32_t>> casts_;
  std::set<std::tuple<int, uint32_t, uint32_t>> conversions_;
  std::set<std::tuple<int, uint32_t, uint32_t, uint32_t>> opened_;
};

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_SCOPE_H_
