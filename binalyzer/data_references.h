// What the words of data objects refer to; see DataObjects::References.
#ifndef CHESTNUT_BINALYZER_DATA_REFERENCES_H_
#define CHESTNUT_BINALYZER_DATA_REFERENCES_H_

#include <vector>

#include "absl/types/span.h"
#include "binalyzer/data_objects.h"
#include "binalyzer/functions.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

// `objects` must be sorted and disjoint. The result is sorted by place.
std::vector<DataReference> FindDataReferences(
    const Image& image, const FunctionTable& functions,
    absl::Span<const DataObject> objects);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_DATA_REFERENCES_H_
