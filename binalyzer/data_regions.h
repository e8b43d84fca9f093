// Which parts of an image are data.
#ifndef CHESTNUT_BINALYZER_DATA_REGIONS_H_
#define CHESTNUT_BINALYZER_DATA_REGIONS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "binalyzer/functions.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

// A piece of one segment and, where it is known, of one section.
struct DataRegion {
  AddressRange range;
  const ImageSegment* segment = nullptr;
  absl::string_view section;  // empty if unknown
};

// The GOT's ranges, sorted: sections of that name, else from its first to its
// last slot.
std::vector<AddressRange> FindGot(const Image& image);

// What is loaded and neither code nor GOT nor a table of the loader or the
// unwinder. Sorted, disjoint; views and pointers into `image`.
std::vector<DataRegion> FindDataRegions(const Image& image,
                                        const FunctionTable& functions,
                                        absl::Span<const AddressRange> got);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_DATA_REGIONS_H_
