// What a program loads while it runs: followed as far as names are known,
// decided by data and by the overlay where they are not.
#ifndef CHESTNUT_DRIVER_RUN_TIME_LOADS_H_
#define CHESTNUT_DRIVER_RUN_TIME_LOADS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "binalyzer/loading.h"
#include "callgraph/analysis.h"
#include "driver/overlay.h"
#include "policy/model.h"

namespace chestnut::driver {

// What a program loads besides what it starts with, in the order found.
struct LoadsFound {
  struct Opened {
    std::string library;  // as it was asked for
    std::string by;       // the module whose search path counts
    bool operator==(const Opened&) const = default;
  };
  std::vector<Opened> opened;
  std::set<std::string> called;                            // by name, anywhere
  std::map<std::string, std::set<std::string>> called_in;  // by module
  std::set<std::string> all_called_in;

  bool operator==(const LoadsFound&) const = default;
};

class RunTimeLoads {
 public:
  // Where the system says which services look up names.
  static constexpr absl::string_view kServicesFile = "/etc/nsswitch.conf";

  // Both must outlive this. `linked`: the program itself is known by the code
  // that it was linked from, and is no module.
  RunTimeLoads(binalyzer::Loading& loading, const Overlay& overlay, bool linked)
      : loading_(loading), overlay_(overlay), linked_(linked) {}

  // A module that the user names: anything in it can be called. NotFound if it
  // is nowhere.
  absl::Status AddModule(const std::string& path);

  // Follows what an analysis found. True: there is more to analyze. The error
  // is that of a library that lies.
  absl::StatusOr<bool> Follow(const callgraph::Result& result);

  // What all turns of Follow found so far.
  const LoadsFound& found() const { return found_; }
  // Starts from what an earlier analysis found. Follow says whether there is
  // more, never that there is too much. The error is that of a library.
  absl::Status Resume(const LoadsFound& found);
  // Forgets what Resume did; so must `loading`.
  void Restart(const LoadsFound& found);

  // Fills load_order, loader, called.
  void Fill(callgraph::Options& options) const;

  // Places that nobody decided about, after the last Follow.
  const std::vector<policy::Incomplete>& undecided() const {
    return undecided_;
  }
  // Libraries that the program would open and this system does not have.
  const std::set<std::string>& missing() const { return missing_; }
  // Files of the system that decided what is loaded, within the root.
  const std::set<std::string>& consulted() const { return consulted_; }

 private:
  absl::Status FollowLoad(const callgraph::RunTimeLoad& load);
  absl::Status FollowLibc();
  absl::Status FollowNames();
  // Opens what may not be there; its exports `called` are called by name.
  absl::Status Open(const std::string& library, const std::string& by,
                    const std::vector<std::string>& called);
  absl::Status OpenAll(const std::string& pattern, const std::string& by);
  void Call(const std::string& name) {
    grown_ |= found_.called.insert(name).second;
  }
  void Undecided(const callgraph::RunTimeLoad& load);
  bool MayRun(absl::string_view function) const;
  bool HasModule(absl::string_view name) const;
  bool HasStaticNames();
  std::vector<std::string> ServicesOf(const std::string& database);

  binalyzer::Loading& loading_;
  const Overlay& overlay_;
  const bool linked_;
  const callgraph::Exports* exports_ = nullptr;  // while Follow runs
  LoadsFound found_;
  bool grown_ = false;
  bool user_named_ = false;
  std::vector<policy::Incomplete> undecided_;
  std::set<std::string> missing_;
  std::set<std::string> consulted_;
  // Whether the program is static and brings glibc's name service along.
  std::optional<bool> static_names_;
  bool services_read_ = false;
  std::map<std::string, std::vector<std::string>> services_;
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_RUN_TIME_LOADS_H_
