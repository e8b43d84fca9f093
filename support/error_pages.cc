#include "support/error_pages.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace chestnut::support {

std::string WithErrorName(absl::string_view message) {
  const ErrorPage* page = PageOf(message);
  if (page == nullptr) return std::string(message);
  return absl::StrCat(message, " [", page->name, "]");
}

const ErrorPage* PageOf(absl::string_view message) {
  for (const ErrorPage& page : ErrorPages()) {
    const std::vector<absl::string_view> phrases =
        absl::StrSplit(page.phrases, '\n', absl::SkipEmpty());
    if (std::any_of(phrases.begin(), phrases.end(),
                    [message](absl::string_view phrase) {
                      return absl::StrContains(message, phrase);
                    })) {
      return &page;
    }
  }
  return nullptr;
}

const ErrorPage* FindErrorPage(absl::string_view name) {
  for (const ErrorPage& page : ErrorPages()) {
    if (absl::EqualsIgnoreCase(page.name, name)) return &page;
  }
  return nullptr;
}

std::string ErrorPageText(const ErrorPage& page) {
  return absl::StrCat(page.name, ": ", page.title, "\n\n", page.meaning,
                      "\n\nWhat to do: ", page.remedy, "\n");
}

std::string ErrorPagesMarkdown() {
  std::string text =
      "# Errors\n\n"
      "Each error of Chestnut is one line on standard error that ends with a "
      "name in brackets; `chestnut help NAME` prints its\npage, and this is "
      "all of them (`chestnut help --all-errors`; a test holds both "
      "together). Exit statuses are in\n[policy.md](policy.md#exit-status).\n";
  std::vector<const ErrorPage*> pages;
  for (const ErrorPage& page : ErrorPages()) pages.push_back(&page);
  std::sort(
      pages.begin(), pages.end(),
      [](const ErrorPage* a, const ErrorPage* b) { return a->name < b->name; });
  for (const ErrorPage* page : pages) {
    absl::StrAppend(&text, "\n## ", page->name, "\n\n**", page->title, ".** ",
                    page->meaning, "\n\n*What to do:* ", page->remedy, "\n");
  }
  return text;
}

}  // namespace chestnut::support
