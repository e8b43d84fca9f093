// A new segment at the end of a program.
#ifndef CHESTNUT_PATCHER_SEGMENT_H_
#define CHESTNUT_PATCHER_SEGMENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "patcher/layout.h"
#include "patcher/program.h"
#include "support/digest.h"

namespace chestnut::patcher {

struct NewSegment {
  absl::string_view section;  // the name of what `content` becomes
  std::string content;        // a multiple of four bytes
  std::string notes;          // for section .note.chestnut
  // Whether the content is code that the program enters at its beginning;
  // otherwise nothing in the segment can be executed.
  bool is_entry = false;
  support::Sha256::Digest digest = {};  // of the program (undo.h)
};

// The program with the segment where `layout` has room for it, loaded at
// layout.address + layout.content; what strip needs to keep it (sections, their
// names); and what undoes it (undo.h) at the end.
std::string AddSegment(const Program& program, const Layout& layout,
                       const NewSegment& segment);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_SEGMENT_H_
