// What programs load at run time, kept from one analysis to the next: the graph
// that would only find it again is not made. Nothing is believed: the analysis
// that starts from it looks for more, and what changed meanwhile is noticed.
#ifndef CHESTNUT_DRIVER_REMEMBERED_LOADS_H_
#define CHESTNUT_DRIVER_REMEMBERED_LOADS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "binalyzer/loading.h"
#include "driver/module_cache.h"
#include "driver/run_time_loads.h"

namespace chestnut::driver {

class RememberedLoads {
 public:
  // All must outlive this. `given`: what the user said that the result depends
  // on. The key is taken now: of what `loading` holds already, and of the
  // system's configuration.
  RememberedLoads(const ModuleCache& cache, binalyzer::Loading& loading,
                  RunTimeLoads& loads, absl::string_view given);

  // Puts into `loading` and `loads` what an earlier analysis of the same files
  // ended with. False: there is none, or a library is not what it was; both are
  // as before then.
  bool Resume();
  // Keeps what the analysis has ended with.
  void Keep() const;

 private:
  std::string Identities() const;  // empty: not known

  const ModuleCache& cache_;
  binalyzer::Loading& loading_;
  RunTimeLoads& loads_;
  std::string key_;  // empty: nothing is kept
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_REMEMBERED_LOADS_H_
