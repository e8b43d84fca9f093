// Text for HTML pages.
#ifndef CHESTNUT_REPORT_HTML_H_
#define CHESTNUT_REPORT_HTML_H_

#include <string>

#include "absl/strings/string_view.h"

namespace chestnut::report {

// Text as it may stand between tags and in attributes in double quotes.
std::string Escape(absl::string_view text);

// A name as it may stand in an id and behind '#': letters, digits, '-', '_';
// whatever else becomes '-'.
std::string Identifier(absl::string_view text);

}  // namespace chestnut::report

#endif  // CHESTNUT_REPORT_HTML_H_
