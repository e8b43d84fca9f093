/* A policy header of no program, as policy/header.cc writes them: for tools
 * that look at the runtime's source without one. The filter allows nothing. */
#define CHESTNUT_HEADER_VERSION 1
#define CHESTNUT_PROGRAM "sample"
#define CHESTNUT_POLICY_DIGEST "0"
#define CHESTNUT_MODE 3 /* trap */
#define CHESTNUT_INSTALL_AT_MAIN 1
#define CHESTNUT_CANARY_ERRNO 1
static const struct chestnut_instruction chestnut_filter[] = {
    {0x06, 0, 0, 0x80000000u},
};
static const struct chestnut_name chestnut_names[] = {
    {231, 1, "exit_group"},
};
extern const char chestnut_policy_note[] __attribute__((visibility("hidden")));
