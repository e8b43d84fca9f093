// Facts of the data the compiler makes for classes: vtables, VTTs, type
// information.
#ifndef CHESTNUT_FRONTEND_VTABLES_H_
#define CHESTNUT_FRONTEND_VTABLES_H_

#include <cstdint>

#include "frontend/body.h"

namespace chestnut::frontend {

void CollectVTable(UnitTables& unit, const clang::CXXRecordDecl* record,
                   uint32_t symbol);
// The VTT with its construction vtables.
void CollectVtt(UnitTables& unit, const clang::CXXRecordDecl* record,
                uint32_t symbol);
void CollectTypeInfo(UnitTables& unit, clang::QualType type, uint32_t symbol);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_VTABLES_H_
