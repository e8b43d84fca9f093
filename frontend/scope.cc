#include "frontend/scope.h"

#include <utility>

namespace chestnut::frontend {

uint32_t Scope::AddCall(facts::CallT call) {
  uint32_t index = ReserveCall();
  SetCall(index, std::move(call));
  return index;
}

uint32_t Scope::ReserveCall() {
  calls_.push_back(nullptr);
  return static_cast<uint32_t>(calls_.size() - 1);
}

void Scope::SetCall(uint32_t index, facts::CallT call) {
  calls_[index] = std::make_unique<facts::CallT>(std::move(call));
}

void Scope::AddFlow(facts::SinkKind sink, bool is_function, uint32_t a,
                    uint32_t offset, uint32_t signature, uint32_t value) {
  flows_.emplace(static_cast<int>(sink), is_function, a, offset, signature,
                 value);
}

void Scope::AddSite(facts::SyscallSiteT site) {
  sites_.push_back(std::make_unique<facts::SyscallSiteT>(std::move(site)));
}

void Scope::AddCast(uint32_t from, uint32_t to) {
  if (from != to) casts_.emplace(from, to);
}

void Scope::AddConversion(facts::RecordUse use, uint32_t a, uint32_t b) {
  conversions_.emplace(static_cast<int>(use), a, b);
}

void Scope::Open(facts::OpenKind kind, uint32_t a, uint32_t offset,
                 uint32_t signature) {
  opened_.emplace(static_cast<int>(kind), a, offset, signature);
}

template <typename Entry>
void Scope::FinishCommon(Entry& entry) {
  for (const auto& [sink, is_function, a, offset, signature, value] : flows_) {
    entry.flows.emplace_back(static_cast<facts::SinkKind>(sink), is_function, a,
                             offset, signature, value);
  }
  entry.address_taken.assign(address_taken_.begin(), address_taken_.end());
  entry.methods_taken.assign(methods_.begin(), methods_.end());
  entry.objects.assign(objects_.begin(), objects_.end());
  for (auto [from, to] : casts_) entry.casts.emplace_back(from, to);
  for (auto [use, a, b] : conversions_) {
    entry.conversions.emplace_back(static_cast<facts::RecordUse>(use), a, b);
  }
  for (auto [kind, a, offset, signature] : opened_) {
    entry.opened.emplace_back(static_cast<facts::OpenKind>(kind), a, offset,
                              signature);
  }
}

void Scope::Finish(facts::FunctionT& function, uint32_t nothing) {
  FinishCommon(function);
  function.locals = locals_;
  for (std::unique_ptr<facts::CallT>& call : calls_) {
    if (call == nullptr) {
      call = std::make_unique<facts::CallT>();
      call->kind = facts::CallKind::indirect;
      call->callee = nothing;
    }
  }
  function.calls = std::move(calls_);
  function.sites = std::move(sites_);
}

void Scope::Finish(facts::DataObjectT& object) { FinishCommon(object); }

}  // namespace chestnut::frontend
