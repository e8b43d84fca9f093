#ifndef CHESTNUT_CALLGRAPH_LIBC_KNOWLEDGE_H_
#define CHESTNUT_CALLGRAPH_LIBC_KNOWLEDGE_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// What is known of libc that its facts cannot say. Every entry only makes a
// policy smaller; without it the analysis over-approximates. Each has a reason,
// the versions whose source was read for it, and a test.
namespace chestnut::callgraph {

// In `function`, making a pointer to struct `record` a `void*` (or the way
// back) does not open the struct's integer fields; and every such struct is
// initialised in full, so that none of them is zero for want of a value.
struct KeptRecord {
  absl::string_view function;
  absl::string_view record;
  absl::string_view reason;
  absl::string_view checked;
};
absl::Span<const KeptRecord> KeptRecords();
bool KeepsRecord(absl::string_view function, absl::string_view record);

// A variadic function that is a system call: its first parameter is the number,
// and argument i of the system call is argument i + `shift` of the call.
struct VariadicSystemCall {
  absl::string_view function;
  int shift = 0;
  absl::string_view reason;
  absl::string_view checked;
};
absl::Span<const VariadicSystemCall> VariadicSystemCalls();
// Null if `function` is none.
const VariadicSystemCall* FindVariadicSystemCall(absl::string_view function);

// The type of a function in assembly, which its facts do not give. Without one
// it is a candidate of every indirect call. `key` as docs/facts.md describes.
struct AssemblySignature {
  absl::string_view function;
  absl::string_view key;
  absl::string_view reason;
  absl::string_view checked;
};
absl::Span<const AssemblySignature> AssemblySignatures();
// Null if nothing is known of `function`.
const AssemblySignature* FindAssemblySignature(absl::string_view function);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_LIBC_KNOWLEDGE_H_
