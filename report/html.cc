#include "report/html.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

namespace chestnut::report {

std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string Identifier(absl::string_view text) {
  std::string id(text);
  for (char& c : id) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') {
      c = '-';
    }
  }
  return id;
}

}  // namespace chestnut::report
