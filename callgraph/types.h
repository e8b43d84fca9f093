#ifndef CHESTNUT_CALLGRAPH_TYPES_H_
#define CHESTNUT_CALLGRAPH_TYPES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "callgraph/link.h"
#include "facts/reader.h"

// Signatures, records and virtual methods as they are the same across units
// (docs/facts.md, "Identity"), numbered as the live code mentions them.
namespace chestnut::callgraph {

using SignatureId = uint32_t;
using RecordId = uint32_t;
using MethodId = uint32_t;

struct SignatureInfo {
  absl::string_view key;
  absl::string_view text;
  uint32_t key_id = 0;  // equal for equal keys, prototyped or not
  uint32_t parameters = 0;
  bool variadic = false;
  bool prototyped = true;
};

// A field that holds a function pointer or an integer, of a record or of one
// nested in it.
struct FlatField {
  uint64_t offset = 0;  // in the outer record
  RecordId record = 0;  // the innermost record
  uint64_t inner_offset = 0;
  SignatureId signature = kNone;  // kNone: an integer
};

struct RecordInfo {
  absl::string_view name;
  UnitId unit = 0;
  const facts::Record* facts = nullptr;
};

class Types {
 public:
  explicit Types(const Program& program);

  // `index` may be kNone and is then kNone in the result.
  SignatureId Signature(UnitId unit, uint32_t index);
  // The signature without parameters that has this key; `key` must live as long
  // as the program.
  SignatureId WithoutParameters(absl::string_view key);
  RecordId Record(UnitId unit, uint32_t index);
  MethodId Method(UnitId unit, uint32_t string);

  const SignatureInfo& signature(SignatureId id) const {
    return signatures_[id];
  }
  const RecordInfo& record(RecordId id) const { return records_[id]; }
  absl::string_view method(MethodId id) const { return methods_[id]; }
  uint32_t signature_count() const {
    return static_cast<uint32_t>(signatures_.size());
  }
  uint32_t method_count() const {
    return static_cast<uint32_t>(methods_.size());
  }

  // All fields of the record with those of nested records, by offset.
  const std::vector<FlatField>& Flatten(RecordId record);
  // The name of a field for messages: "FILE.write".
  std::string FieldName(RecordId record, uint64_t offset) const;

 private:
  struct UnitIds {
    std::vector<uint32_t> signatures;
    std::vector<uint32_t> records;
    absl::flat_hash_map<uint32_t, MethodId> methods;
  };

  SignatureId Add(SignatureInfo info);
  void AppendFields(RecordId record, uint64_t offset, int depth,
                    std::vector<FlatField>& fields);

  const Program& program_;
  std::vector<UnitIds> units_;
  std::vector<SignatureInfo> signatures_;
  std::vector<RecordInfo> records_;
  std::vector<absl::string_view> methods_;
  absl::flat_hash_map<absl::string_view, uint32_t> key_ids_;
  absl::flat_hash_map<std::pair<uint32_t, bool>, SignatureId> signature_ids_;
  absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, RecordId>
      record_ids_;
  absl::flat_hash_map<absl::string_view, MethodId> method_ids_;
  absl::flat_hash_map<RecordId, std::vector<FlatField>> flattened_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_TYPES_H_
