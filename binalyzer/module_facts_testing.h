// Facts of assembled text, as tests ask for them.
#ifndef CHESTNUT_BINALYZER_MODULE_FACTS_TESTING_H_
#define CHESTNUT_BINALYZER_MODULE_FACTS_TESTING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "binalyzer/module_facts.h"
#include "nlohmann/json.hpp"

namespace chestnut::binalyzer {

// The facts of the module in `bytes`; a failed expectation if there are none.
std::string SerializedFacts(const std::string& bytes,
                            ModuleStatistics* statistics = nullptr);

// The facts as a person would read them.
class Facts {
 public:
  using json = nlohmann::json;

  Facts() = default;
  explicit Facts(const std::string& bytes,
                 ModuleStatistics* statistics = nullptr);

  json Entry(const char* table, const std::string& name) const;
  json Function(const std::string& name) const;
  // The numbers of the function's system calls, in order.
  std::vector<std::string> Numbers(const std::string& name) const;
  std::vector<std::string> Calls(const std::string& name) const;
  std::vector<std::string> List(const char* table, const std::string& name,
                                const char* list) const;
  std::vector<std::string> Taken(const std::string& name) const;

  json all;
};

// A function of the assembly text as shared objects have them.
std::string Named(const std::string& name, const std::string& body,
                  const std::string& scope = ".globl");
// The text as a shared object, and as an object.
std::string Shared(const std::string& assembly);
std::string Object(const std::string& assembly);
// The system call numbers of one function made of `body`.
std::vector<std::string> NumbersOf(const std::string& body);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_MODULE_FACTS_TESTING_H_
