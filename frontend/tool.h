// The program chestnut-frontend: source facts without building anything.
#ifndef CHESTNUT_FRONTEND_TOOL_H_
#define CHESTNUT_FRONTEND_TOOL_H_

namespace chestnut::frontend {

// Exit status: 0 done, 2 wrong use, unreadable input or a unit that did not
// compile.
int ToolMain(int argc, char** argv);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_TOOL_H_
