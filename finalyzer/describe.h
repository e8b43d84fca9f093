#ifndef CHESTNUT_FINALYZER_DESCRIBE_H_
#define CHESTNUT_FINALYZER_DESCRIBE_H_

#include <string>

#include "finalyzer/listener.h"
#include "policy/model.h"

// Calls in words.
namespace chestnut::finalyzer {

// "openat(AT_FDCWD, "/etc/passwd", O_RDONLY)": the arguments as people write
// them, what pointers point to where that is a name or an address of the
// network. Memory is read as it is now; what the kernel will see may differ.
// Control characters and quotes are escaped: the text is safe on a terminal.
std::string DescribeCall(const Notification& notification);

// Its name alone: "openat", "i386 call 20", "x32 call 39".
std::string NameOf(const policy::SeccompData& data);

// Why the policy does not have the call, as far as that can be told: it has it
// with other arguments, the code is in a module or program that was not
// analysed, the analysis was incomplete.
std::string Why(const policy::Policy& policy, const std::string& program,
                const std::string& module, const policy::SeccompData& data);

// `text` with everything that could move a cursor escaped.
std::string Printable(const std::string& text);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_DESCRIBE_H_
