// How the page looks.
#ifndef CHESTNUT_REPORT_STYLE_H_
#define CHESTNUT_REPORT_STYLE_H_

#include "absl/strings/string_view.h"

namespace chestnut::report {

// The style sheet: light and dark as the reader's system wants it, one column
// on a phone, everything opened on paper.
absl::string_view StyleSheet();

// What makes the filter field work. The page is whole without it.
absl::string_view Script();

}  // namespace chestnut::report

#endif  // CHESTNUT_REPORT_STYLE_H_
