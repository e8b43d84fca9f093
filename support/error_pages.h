#ifndef CHESTNUT_SUPPORT_ERROR_PAGES_H_
#define CHESTNUT_SUPPORT_ERROR_PAGES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// What every error that a user can see means, and what to do. docs/errors.md is
// made of it (`chestnut help --all-errors`).
namespace chestnut::support {

struct ErrorPage {
  absl::string_view name;     // "E-no-policy"; never changes
  absl::string_view title;    // half a sentence
  absl::string_view meaning;  // what happened and why that is an error
  absl::string_view remedy;   // what to do, with commands
  // A message with one of these, a line each, is of this page.
  absl::string_view phrases;
};

// In the order in which their phrases are looked for.
absl::Span<const ErrorPage> ErrorPages();

// The page of a message, null if there is none: notes and progress.
const ErrorPage* PageOf(absl::string_view message);

// The page of that name, null if there is none.
const ErrorPage* FindErrorPage(absl::string_view name);

// The message with the name of its page at the end: "... [E-no-policy]".
std::string WithErrorName(absl::string_view message);

// A page as text; all of them as docs/errors.md.
std::string ErrorPageText(const ErrorPage& page);
std::string ErrorPagesMarkdown();

}  // namespace chestnut::support

#endif  // CHESTNUT_SUPPORT_ERROR_PAGES_H_
