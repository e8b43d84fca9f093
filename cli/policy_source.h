#ifndef CHESTNUT_CLI_POLICY_SOURCE_H_
#define CHESTNUT_CLI_POLICY_SOURCE_H_

#include "driver/policy_source.h"

namespace chestnut::cli {

using driver::LoadPolicy;

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_POLICY_SOURCE_H_
