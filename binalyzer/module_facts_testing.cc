#include "binalyzer/module_facts_testing.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "binalyzer/elf_testing.h"
#include "binalyzer/image.h"
#include "facts/dump.h"
#include "facts/reader.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {

using ::nlohmann::json;

std::string SerializedFacts(const std::string& bytes,
                            ModuleStatistics* statistics) {
  const auto image = Image::Read(bytes, "module.so");
  EXPECT_TRUE(image.ok()) << image.status();
  if (!image.ok()) return "";
  auto facts = ModuleFacts(*image, {.statistics = statistics});
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? *facts : "";
}

Facts::Facts(const std::string& bytes, ModuleStatistics* statistics) {
  auto view = facts::UnitView::Create(
      std::make_shared<const std::string>(SerializedFacts(bytes, statistics)),
      "module");
  EXPECT_TRUE(view.ok()) << view.status();
  if (view.ok()) all = json::parse(facts::DumpJson(*view));
}

json Facts::Entry(const char* table, const std::string& name) const {
  for (const json& entry : all.value(table, json::array())) {
    if (entry["name"] == name) return entry;
  }
  return json::object();
}

json Facts::Function(const std::string& name) const {
  json found = Entry("functions", name);
  EXPECT_FALSE(found.empty()) << "no function " << name;
  return found;
}

std::vector<std::string> Facts::Numbers(const std::string& name) const {
  std::vector<std::string> numbers;
  for (const json& site : Function(name).value("sites", json::array())) {
    numbers.push_back(site["number"]);
  }
  return numbers;
}

std::vector<std::string> Facts::Calls(const std::string& name) const {
  std::vector<std::string> called;
  for (const json& call : Function(name).value("calls", json::array())) {
    called.push_back(call["call"]);
  }
  return called;
}

std::vector<std::string> Facts::List(const char* table, const std::string& name,
                                     const char* list) const {
  return Entry(table, name).value(list, std::vector<std::string>());
}

std::vector<std::string> Facts::Taken(const std::string& name) const {
  return List("functions", name, "address_taken");
}

std::string Named(const std::string& name, const std::string& body,
                  const std::string& scope) {
  return absl::StrCat(scope, " ", name, "\n.type ", name, ",@function\n", name,
                      ":\n.cfi_startproc\n", body, "\n.cfi_endproc\n.size ",
                      name, ",.-", name, "\n");
}

std::string Shared(const std::string& assembly) {
  return Compile("gcc", "assembler", absl::StrCat(".text\n", assembly),
                 "-shared -nostdlib -Wl,-z,noexecstack");
}

std::string Object(const std::string& assembly) {
  return Compile("gcc", "assembler", absl::StrCat(".text\n", assembly), "-c");
}

std::vector<std::string> NumbersOf(const std::string& body) {
  return Facts(Shared(Named("f", body))).Numbers("f");
}

}  // namespace chestnut::binalyzer
