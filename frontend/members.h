// What special functions do besides their bodies: constructors, destructors,
// lambdas called through a plain pointer, initialisers of a unit.
#ifndef CHESTNUT_FRONTEND_MEMBERS_H_
#define CHESTNUT_FRONTEND_MEMBERS_H_

#include "frontend/body.h"

namespace chestnut::frontend {

// Members, bases and vtables of constructors and destructors; the call operator
// that a lambda's static invoker stands for; parameters the callee destroys.
void RecordFunctionImplicit(Body& body);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_MEMBERS_H_
