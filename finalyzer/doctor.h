#ifndef CHESTNUT_FINALYZER_DOCTOR_H_
#define CHESTNUT_FINALYZER_DOCTOR_H_

#include <string>
#include <vector>

// What this kernel, libc and user may do.
namespace chestnut::finalyzer {

enum class Health {
  kGood,
  kLess,  // something of Chestnut does not work, or not as well
  kBad,   // nothing can be confined
};

struct Finding {
  Health health = Health::kGood;
  std::string what;   // "kernel"
  std::string found;  // "6.1.0"
  std::string means;  // for the user, with what to do where something is amiss
};

// Looks, without changing anything of this process: what has to be tried is
// tried in a child.
std::vector<Finding> Examine();

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_DOCTOR_H_
