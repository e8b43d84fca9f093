#ifndef CHESTNUT_CALLGRAPH_TEST_UNIT_H_
#define CHESTNUT_CALLGRAPH_TEST_UNIT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "facts/builder.h"
#include "facts/reader.h"

// Facts in few words, for the unit tests of this room.
namespace chestnut::callgraph {

class TestUnit {
 public:
  explicit TestUnit(absl::string_view name,
                    facts::UnitKind kind = facts::UnitKind::source);

  // The symbol of that name, declared if it is new.
  uint32_t Symbol(absl::string_view name,
                  facts::SymbolType type = facts::SymbolType::function,
                  facts::Linkage linkage = facts::Linkage::external);
  uint32_t Signature(absl::string_view key, int parameters = 0,
                     bool prototyped = true);
  // A record whose fields are at these offsets; `signature` is that of all
  // fields, kNone for integers of 4 bytes.
  uint32_t Record(absl::string_view name, absl::string_view layout,
                  const std::vector<uint32_t>& offsets, uint32_t signature);

  // A function defined here; the reference holds until the unit is built.
  facts::FunctionT& Function(absl::string_view name,
                             facts::Linkage linkage = facts::Linkage::external);
  facts::DataObjectT& Object(absl::string_view name,
                             facts::Linkage linkage = facts::Linkage::external);
  void Alias(absl::string_view name, absl::string_view of,
             facts::Linkage linkage);

  // Facts of a function; each returns the index of the call.
  uint32_t Call(facts::FunctionT& from, absl::string_view to,
                std::vector<uint32_t> arguments = {});
  uint32_t CallThrough(facts::FunctionT& from, uint32_t callee,
                       uint32_t signature,
                       std::vector<uint32_t> arguments = {});
  uint32_t CallVirtual(facts::FunctionT& from, absl::string_view method);
  void Site(facts::FunctionT& in, uint32_t number,
            std::vector<uint32_t> arguments = {});
  // A value that is the function's address, noted as taken by `by`.
  template <typename Entry>
  uint32_t Take(Entry& by, absl::string_view function) {
    uint32_t symbol = Symbol(function);
    by.address_taken.push_back(symbol);
    return builder_.FunctionAddress(symbol);
  }
  template <typename Entry>
  void Flow(Entry& in, facts::SinkKind sink, uint32_t a, uint32_t value,
            bool is_function = true, uint32_t offset = 0,
            uint32_t signature = facts::kNone) {
    in.flows.emplace_back(sink, is_function, a, offset, signature, value);
  }
  template <typename Entry>
  void Open(Entry& in, facts::OpenKind kind, uint32_t a, uint32_t offset,
            uint32_t signature) {
    in.opened.emplace_back(kind, a, offset, signature);
  }

  // Of units of kind module: dynamic symbols. Export gives the definition `of`
  // (an internal symbol) the name `name`; each returns the symbol.
  uint32_t Export(absl::string_view name, absl::string_view version,
                  absl::string_view of, bool hidden = false);
  uint32_t Import(absl::string_view name, absl::string_view version = "",
                  facts::Linkage linkage = facts::Linkage::external);
  void Root(facts::RootKind kind, absl::string_view function);

  facts::FactsBuilder& builder() { return builder_; }
  facts::UnitT& unit() { return builder_.unit(); }

  // The finished unit; nothing may be added afterwards.
  facts::UnitView Build();

 private:
  uint32_t Dynamic(absl::string_view name, absl::string_view version,
                   facts::Linkage linkage);

  facts::FactsBuilder builder_;
  uint32_t line_ = 0;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_TEST_UNIT_H_
