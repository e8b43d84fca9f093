#ifndef CHESTNUT_CALLGRAPH_LOADING_KNOWLEDGE_H_
#define CHESTNUT_CALLGRAPH_LOADING_KNOWLEDGE_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// What is known of code that loads more code, and of system call sites whose
// number no analysis finds. Each entry has its reason and the versions whose
// source or modules it was checked on. The conditions are names of exported
// functions: what cannot run needs nothing.
namespace chestnut::callgraph {

// A library that libc opens by itself.
struct LibcLoad {
  absl::string_view library;
  // Only if one of these can run; empty: always.
  std::vector<absl::string_view> condition;
  // What it looks up there.
  std::vector<absl::string_view> called;
  absl::string_view reason;
  absl::string_view checked;
};
absl::Span<const LibcLoad> LibcLoads();

// A function of libc that asks the services of a database (nsswitch.conf), and
// the functions of the service (`_nss_SERVICE_FUNCTION`) that it can call.
struct NameLookup {
  absl::string_view function;
  absl::string_view database;
  std::vector<absl::string_view> called;
};
absl::Span<const NameLookup> NameLookups();
// What libc takes where nsswitch.conf has no line for the database.
absl::string_view DefaultServices(absl::string_view database);

// Services that are part of libc itself (since glibc 2.34).
absl::Span<const absl::string_view> ServicesInLibc();

// A call of libc's own that is made only once one of other functions has run,
// or only for certain values of an argument.
struct ConditionalCall {
  absl::string_view from;  // exported by libc, like the others
  // Or functions without a name that call it for `from`.
  absl::string_view to;
  std::vector<absl::string_view> condition;
  absl::string_view reason;
  absl::string_view checked;
  // Of `from`: the parameter, and the values of its low 32 bits. -1: none.
  int parameter = -1;
  std::vector<int32_t> values = {};
};
absl::Span<const ConditionalCall> ConditionalCalls();

// Functions that modules call which are opened by names from elsewhere (gconv):
// the modules themselves are not read.
struct PluginImports {
  std::vector<absl::string_view> condition;
  std::vector<absl::string_view> called;
  absl::string_view reason;
  absl::string_view checked;
};
absl::Span<const PluginImports> KnownPlugins();

// Calls of dlopen or dlsym with names from elsewhere, in a known library.
struct ReviewedLoad {
  absl::string_view module;    // soname, or its beginning
  absl::string_view function;  // "dlopen"
  // What it can be: of symbols their names; of libraries the files that match
  // (glob), in which anything can be called. Empty: nothing besides.
  std::vector<absl::string_view> names;
  absl::string_view reason;
  absl::string_view checked;
  // Does not hold if one of these exports can run.
  std::vector<absl::string_view> unless = {};
  // The libraries are opened for what the other tables here say is called in
  // them, not for anything.
  bool only_known_calls = false;
};
absl::Span<const ReviewedLoad> ReviewedLoads();
// Null if nothing is known.
const ReviewedLoad* FindReviewedLoad(absl::string_view module,
                                     absl::string_view function);

struct ReviewedCall {
  absl::string_view name;
  // Only if one of these exports can run; empty: always.
  std::vector<absl::string_view> condition = {};
};

// Sites in a known library, or in known functions of it wherever these were
// linked to, whose number is not known.
struct ReviewedSites {
  absl::string_view module;  // soname, or its beginning; empty: any module
  // How many there are; more are not covered.
  int sites = 0;
  std::vector<ReviewedCall> calls;  // what they can make
  absl::string_view reason;
  absl::string_view checked;
  std::vector<absl::string_view> functions = {};  // empty: all of the module
};
// What is known of an unknown number in this function of this module, or null.
const ReviewedSites* FindReviewedSites(absl::string_view module,
                                       absl::string_view function);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_LOADING_KNOWLEDGE_H_
