#ifndef CHESTNUT_CLI_INSPECT_H_
#define CHESTNUT_CLI_INSPECT_H_

namespace chestnut::cli {

// chestnut-inspect: the subcommands of chestnut that read and execute nothing.
int InspectMain(int argc, char** argv);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_INSPECT_H_
