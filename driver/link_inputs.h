// The files that a linker took, read from its own trace.
#ifndef CHESTNUT_DRIVER_LINK_INPUTS_H_
#define CHESTNUT_DRIVER_LINK_INPUTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "binalyzer/archive.h"
#include "binalyzer/mapped_file.h"
#include "binalyzer/reconcile.h"
#include "driver/unit_facts.h"

namespace chestnut::driver {

class LinkInputs {
 public:
  // `analysed_libc`: the folder of the libc that is analysed from source, which
  // has no shared libraries. Empty: the system's libc.
  // `beside`: facts of objects that do not carry them, or null.
  LinkInputs(const std::string& analysed_libc, const UnitFacts* beside)
      : analysed_libc_(analysed_libc), beside_(beside) {}

  // Reads what the linker said with -t -t: a line for each file, and for each
  // member of an archive. Errors name the file: unreadable, not an object,
  // broken facts; with an analysed libc a shared library.
  absl::Status ReadTrace(absl::string_view trace);

  // Adds the program that came out of link-time optimisation, for the units
  // that no object holds. FailedPrecondition if there are fewer units than
  // inputs: code without facts may have been inlined anywhere.
  absl::Status AddOutput(const std::string& path);

  // Their bytes are valid as long as this.
  const std::vector<binalyzer::LinkedObject>& objects() const {
    return objects_;
  }
  std::vector<facts::UnitView> Units() const;
  // Whether compilers are to make code at link time.
  bool link_time_optimised() const { return lto_; }
  // The paths of the linker scripts among the inputs.
  const std::vector<std::string>& scripts() const { return scripts_; }
  // Whether the libc's own start code was named.
  bool HasStartFile() const;

 private:
  struct File {
    binalyzer::MappedFile mapped;
    binalyzer::Archive archive;
    // Members by the names that a trace may give them.
    std::multimap<absl::string_view, size_t> members;
  };

  absl::StatusOr<File*> Open(const std::string& path);
  absl::Status AddLine(absl::string_view line);
  absl::Status AddFile(const std::string& path);
  absl::Status AddMember(const std::string& archive, absl::string_view member);
  absl::Status AddBytes(absl::string_view bytes, const std::string& path,
                        std::string name);

  const std::string analysed_libc_;
  const UnitFacts* const beside_;
  std::map<std::string, File> files_;
  std::map<std::string, bool> seen_;
  std::vector<std::string> named_;
  std::vector<std::string> scripts_;
  std::vector<binalyzer::LinkedObject> objects_;
  bool lto_ = false;
  std::vector<std::string>
      bitcode_;  // names of inputs whose facts are not seen
  std::vector<facts::UnitView> lto_units_;  // of inputs that gcc optimises
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_LINK_INPUTS_H_
