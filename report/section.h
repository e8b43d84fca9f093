// One policy's part of the page.
#ifndef CHESTNUT_REPORT_SECTION_H_
#define CHESTNUT_REPORT_SECTION_H_

#include <string>

#include "report/reasons.h"
#include "report/report.h"

namespace chestnut::report {

// `id` is the section's on the page, and no other one's. `brief`: the blocked
// calls are counted, not named.
std::string WriteSection(const Subject& subject, const std::string& id,
                         bool brief, Reasons& reasons);

}  // namespace chestnut::report

#endif  // CHESTNUT_REPORT_SECTION_H_
