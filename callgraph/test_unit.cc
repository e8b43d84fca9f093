#include "callgraph/test_unit.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chestnut::callgraph {

using facts::kNone;

TestUnit::TestUnit(absl::string_view name, facts::UnitKind kind) {
  unit().kind = kind;
  unit().name = builder_.String(name);
  unit().target = builder_.String("x86_64-linux-gnu");
  unit().producer = builder_.String("test");
  unit().language = builder_.String("c");
  unit().content_digest = builder_.String(name);
  if (kind == facts::UnitKind::module_) {
    unit().module_ = std::make_unique<facts::ModuleT>();
    unit().module_->type = facts::ModuleType::shared;
  }
}

uint32_t TestUnit::Symbol(absl::string_view name, facts::SymbolType type,
                          facts::Linkage linkage) {
  const uint32_t text = builder_.String(name);
  for (uint32_t i = 0; i < unit().symbols.size(); ++i) {
    if (unit().symbols[i]->name == text) return i;
  }
  auto symbol = std::make_unique<facts::SymbolT>();
  symbol->name = text;
  symbol->type = type;
  symbol->linkage = linkage;
  unit().symbols.push_back(std::move(symbol));
  return static_cast<uint32_t>(unit().symbols.size() - 1);
}

uint32_t TestUnit::Signature(absl::string_view key, int parameters,
                             bool prototyped) {
  auto signature = std::make_unique<facts::SignatureT>();
  signature->key = builder_.String(key);
  signature->text = signature->key;
  signature->parameters = static_cast<uint16_t>(parameters);
  signature->prototyped = prototyped;
  unit().signatures.push_back(std::move(signature));
  return static_cast<uint32_t>(unit().signatures.size() - 1);
}

uint32_t TestUnit::Record(absl::string_view name, absl::string_view layout,
                          const std::vector<uint32_t>& offsets,
                          uint32_t signature) {
  auto record = std::make_unique<facts::RecordT>();
  record->name = builder_.String(name);
  record->layout = builder_.String(layout);
  for (uint32_t offset : offsets) {
    auto field = std::make_unique<facts::RecordFieldT>();
    field->name = builder_.String(absl::StrCat("f", offset));
    field->offset = offset;
    field->signature = signature;
    field->width = signature == kNone ? 4 : 0;
    record->fields.push_back(std::move(field));
  }
  unit().records.push_back(std::move(record));
  return static_cast<uint32_t>(unit().records.size() - 1);
}

facts::FunctionT& TestUnit::Function(absl::string_view name,
                                     facts::Linkage linkage) {
  auto function = std::make_unique<facts::FunctionT>();
  function->symbol = Symbol(name);
  unit().symbols[function->symbol]->defined = true;
  unit().symbols[function->symbol]->linkage = linkage;
  function->file = unit().name;
  function->line = ++line_;
  unit().functions.push_back(std::move(function));
  return *unit().functions.back();
}

facts::DataObjectT& TestUnit::Object(absl::string_view name,
                                     facts::Linkage linkage) {
  auto object = std::make_unique<facts::DataObjectT>();
  object->symbol = Symbol(name, facts::SymbolType::object);
  unit().symbols[object->symbol]->defined = true;
  unit().symbols[object->symbol]->linkage = linkage;
  unit().objects.push_back(std::move(object));
  return *unit().objects.back();
}

void TestUnit::Alias(absl::string_view name, absl::string_view of,
                     facts::Linkage linkage) {
  const uint32_t target = Symbol(of);
  const uint32_t symbol = Symbol(name, unit().symbols[target]->type, linkage);
  unit().symbols[symbol]->defined = true;
  unit().symbols[symbol]->alias_of = target;
}

namespace {

uint32_t AddCall(facts::FunctionT& from, facts::CallT call,
                 std::vector<uint32_t> arguments, uint32_t file,
                 uint32_t line) {
  call.arguments = std::move(arguments);
  call.file = file;
  call.line = line;
  from.calls.push_back(std::make_unique<facts::CallT>(std::move(call)));
  return static_cast<uint32_t>(from.calls.size() - 1);
}

}  // namespace

uint32_t TestUnit::Call(facts::FunctionT& from, absl::string_view to,
                        std::vector<uint32_t> arguments) {
  facts::CallT call;
  call.symbol = Symbol(to);
  return AddCall(from, std::move(call), std::move(arguments), unit().name,
                 ++line_);
}

uint32_t TestUnit::CallThrough(facts::FunctionT& from, uint32_t callee,
                               uint32_t signature,
                               std::vector<uint32_t> arguments) {
  facts::CallT call;
  call.kind = facts::CallKind::indirect;
  call.callee = callee;
  call.signature = signature;
  return AddCall(from, std::move(call), std::move(arguments), unit().name,
                 ++line_);
}

uint32_t TestUnit::CallVirtual(facts::FunctionT& from,
                               absl::string_view method) {
  facts::CallT call;
  call.kind = facts::CallKind::virtual_;
  call.method = builder_.String(method);
  return AddCall(from, std::move(call), {}, unit().name, ++line_);
}

void TestUnit::Site(facts::FunctionT& in, uint32_t number,
                    std::vector<uint32_t> arguments) {
  auto site = std::make_unique<facts::SyscallSiteT>();
  site->number = number;
  site->arguments = std::move(arguments);
  site->file = unit().name;
  site->line = ++line_;
  in.sites.push_back(std::move(site));
}

uint32_t TestUnit::Dynamic(absl::string_view name, absl::string_view version,
                           facts::Linkage linkage) {
  auto symbol = std::make_unique<facts::SymbolT>();
  symbol->name = builder_.String(name);
  symbol->linkage = linkage;
  symbol->type = facts::SymbolType::unknown;
  if (!version.empty()) symbol->version = builder_.String(version);
  unit().symbols.push_back(std::move(symbol));
  return static_cast<uint32_t>(unit().symbols.size() - 1);
}

uint32_t TestUnit::Export(absl::string_view name, absl::string_view version,
                          absl::string_view of, bool hidden) {
  const uint32_t target = Symbol(of);
  const uint32_t index = Dynamic(name, version, facts::Linkage::external);
  facts::SymbolT& symbol = *unit().symbols[index];
  symbol.type = unit().symbols[target]->type;
  symbol.defined = true;
  symbol.alias_of = target;
  symbol.version_hidden = hidden;
  return index;
}

uint32_t TestUnit::Import(absl::string_view name, absl::string_view version,
                          facts::Linkage linkage) {
  return Dynamic(name, version, linkage);
}

void TestUnit::Root(facts::RootKind kind, absl::string_view function) {
  unit().roots.emplace_back(kind, Symbol(function), 0);
}

facts::UnitView TestUnit::Build() {
  auto bytes = std::make_shared<const std::string>(builder_.Serialize());
  absl::StatusOr<facts::UnitView> view =
      facts::UnitView::Create(std::move(bytes), "test");
  if (!view.ok()) {
    std::cerr << view.status() << "\n";
    std::abort();
  }
  return *std::move(view);
}

}  // namespace chestnut::callgraph
