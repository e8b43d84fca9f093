#include "callgraph/libc_knowledge.h"

namespace chestnut::callgraph {
namespace {

constexpr KeptRecord kKeptRecords[] = {
    {"__setxid", "ctx",
     "__synccall hands the struct to the callback as it is, in every thread; "
     "the number in it is the caller's constant, the initialiser is complete",
     "musl 1.2.3"},
    {"do_setxid", "ctx",
     "the callback of __setxid gets the struct that __setxid made, and nothing "
     "else",
     "musl 1.2.3"},
};

constexpr VariadicSystemCall kVariadicSystemCalls[] = {
    {"syscall", 1,
     "syscall(2): reads six more arguments with va_arg and passes them on",
     "musl 1.2.3"},
};

constexpr AssemblySignature kAssemblySignatures[] = {
    {"_init", "v()",
     "crti.o: what DT_INIT names takes nothing and gives nothing",
     "musl 1.2.3"},
    {"_fini", "v()",
     "crti.o: what DT_FINI names takes nothing and gives nothing",
     "musl 1.2.3"},
    {"__restore_rt", "v()",
     "restore.s: where the kernel makes signal handlers return to; nothing is "
     "passed",
     "musl 1.2.3"},
};

}  // namespace

absl::Span<const KeptRecord> KeptRecords() { return kKeptRecords; }

bool KeepsRecord(absl::string_view function, absl::string_view record) {
  for (const KeptRecord& entry : kKeptRecords) {
    if (entry.function == function && entry.record == record) return true;
  }
  return false;
}

absl::Span<const VariadicSystemCall> VariadicSystemCalls() {
  return kVariadicSystemCalls;
}

const VariadicSystemCall* FindVariadicSystemCall(absl::string_view function) {
  for (const VariadicSystemCall& entry : kVariadicSystemCalls) {
    if (entry.function == function) return &entry;
  }
  return nullptr;
}

absl::Span<const AssemblySignature> AssemblySignatures() {
  return kAssemblySignatures;
}

const AssemblySignature* FindAssemblySignature(absl::string_view function) {
  for (const AssemblySignature& entry : kAssemblySignatures) {
    if (entry.function == function) return &entry;
  }
  return nullptr;
}

}  // namespace chestnut::callgraph
