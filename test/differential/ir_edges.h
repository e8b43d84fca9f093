// What a translation unit refers to, read from the compiler's own IR: the
// yardstick for the frontend's facts.
#ifndef CHESTNUT_TEST_DIFFERENTIAL_IR_EDGES_H_
#define CHESTNUT_TEST_DIFFERENTIAL_IR_EDGES_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::differential {

enum class EdgeKind {
  kCall,     // a direct call
  kAddress,  // any other use of a function
  kObject,   // use of a variable, a vtable, type information, ...
};

// "call", "address" or "object".
absl::string_view EdgeKindName(EdgeKind kind);

struct Edge {
  EdgeKind kind;
  std::string symbol;
  // The function that the address is an argument of, in a direct call.
  std::string passed_to;

  friend bool operator<(const Edge& a, const Edge& b) {
    return std::tie(a.symbol, a.kind, a.passed_to) <
           std::tie(b.symbol, b.kind, b.passed_to);
  }
  friend bool operator==(const Edge& a, const Edge& b) {
    return std::tie(a.symbol, a.kind, a.passed_to) ==
           std::tie(b.symbol, b.kind, b.passed_to);
  }
};

// A definition: a function with what its body refers to, or a variable with
// what its initialiser refers to.
struct Definition {
  std::string name;
  bool is_function = false;
  bool is_internal = false;  // internal or private linkage
  bool is_weak = false;      // other units may define it, too
  unsigned line = 0;  // of a function, from debug information; 0 if unknown
  std::vector<Edge> edges;  // sorted, each once
};

struct Alias {
  std::string name;
  std::string target;  // of an ifunc the resolver
  bool is_ifunc = false;
};

struct IrUnit {
  std::vector<Definition> definitions;  // by name
  std::vector<Alias> aliases;           // by name
  // Members of llvm.global_ctors, llvm.global_dtors; of llvm.used and
  // llvm.compiler.used. Sorted.
  std::vector<std::string> constructors;
  std::vector<std::string> destructors;
  std::vector<std::string> used;
  // Calls of intrinsics that may become calls of a library function, by that
  // function. Only the object shows them, so they are no edges here: the
  // relocation check covers them.
  std::map<std::string, int> library_intrinsics;
};

// Reads textual IR or bitcode, made with `-Xclang -disable-llvm-passes`.
// NotFound: no such file; InvalidArgument: not IR.
absl::StatusOr<IrUnit> ReadIr(const std::string& path);

}  // namespace chestnut::differential

#endif  // CHESTNUT_TEST_DIFFERENTIAL_IR_EDGES_H_
