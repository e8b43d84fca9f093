// From the files of a link to the policy of its program.
#ifndef CHESTNUT_DRIVER_LINK_ANALYSIS_H_
#define CHESTNUT_DRIVER_LINK_ANALYSIS_H_

#include <string>

#include "absl/status/statusor.h"
#include "driver/cache.h"
#include "driver/link_arguments.h"
#include "driver/link_inputs.h"
#include "driver/linker_context.h"
#include "policy/model.h"

namespace chestnut::driver {

// `program`: what the linker made of the inputs, without the sandbox. With the
// system's libc everything that it loads is read too, and the filter may go on
// elsewhere than before main. Also writes what the
// options ask for: facts, candidates, policy. Errors name file and symbol; an
// incomplete policy is none.
absl::StatusOr<policy::Policy> AnalyzeLink(
    const LinkerContext& context, const LinkArguments& link,
    const LinkInputs& inputs, const TemporaryFolder& scratch,
    const std::string& program,
    policy::InstallPoint install_point = policy::InstallPoint::kMain);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_LINK_ANALYSIS_H_
