#include "frontend/members.h"

#include <utility>
#include <vector>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "frontend/calls.h"
#include "frontend/exceptions.h"
#include "frontend/implicit.h"

namespace chestnut::frontend {
namespace {

using clang::CXXRecordDecl;
using llvm::dyn_cast;

void VTables(Body& body, const CXXRecordDecl* record) {
  if (!record->isDynamicClass()) return;
  body.scope.Refer(body.unit.symbols.VTable(record));
  if (record->getNumVBases() > 0) {
    body.scope.Refer(body.unit.symbols.Vtt(record));
  }
}

void DestroyParts(Body& body, const CXXRecordDecl* record,
                  clang::SourceLocation location) {
  if (!record->isUnion()) {
    for (const clang::FieldDecl* field : record->fields()) {
      RecordDestruction(body, field->getType(), location);
    }
  }
  for (const clang::CXXBaseSpecifier& base : record->bases()) {
    RecordDestruction(body, base.getType(), location);
  }
  for (const clang::CXXBaseSpecifier& base : record->vbases()) {
    RecordDestruction(body, base.getType(), location);
  }
}

void Destructor(Body& body, const clang::CXXDestructorDecl* destructor) {
  const CXXRecordDecl* record = destructor->getParent();
  VTables(body, record);
  DestroyParts(body, record, destructor->getLocation());
  // The deleting variant.
  if (destructor->isVirtual() && destructor->getOperatorDelete() != nullptr) {
    RecordImplicitCall(body, destructor->getOperatorDelete(), {},
                       destructor->getLocation());
  }
}

// The function that the static invoker of a lambda forwards to. For a generic
// lambda, the specialisation with the invoker's template arguments.
const clang::FunctionDecl* CallOperator(const clang::CXXMethodDecl* invoker) {
  const CXXRecordDecl* lambda = invoker->getParent();
  const clang::CXXMethodDecl* operation = lambda->getLambdaCallOperator();
  if (operation == nullptr || !lambda->isGenericLambda()) return operation;
  const clang::TemplateArgumentList* arguments =
      invoker->getTemplateSpecializationArgs();
  clang::FunctionTemplateDecl* pattern =
      operation->getDescribedFunctionTemplate();
  if (arguments == nullptr || pattern == nullptr) return nullptr;
  void* position = nullptr;
  return pattern->findSpecialization(arguments->asArray(), position);
}

void StaticInvoker(Body& body, const clang::CXXMethodDecl* invoker) {
  const clang::FunctionDecl* operation = CallOperator(invoker);
  if (operation == nullptr) return;
  facts::FactsBuilder& builder = body.unit.builder;
  std::vector<uint32_t> arguments = {builder.Unknown("pointer")};
  for (unsigned i = 0; i < invoker->getNumParams(); ++i) {
    arguments.push_back(builder.Parameter(i));
  }
  RecordImplicitCall(body, operation, std::move(arguments),
                     invoker->getLocation());
}

}  // namespace

void RecordFunctionImplicit(Body& body) {
  const clang::FunctionDecl* function = body.function;
  if (body.unit.ast.getLangOpts().CPlusPlus) {
    if (const auto* made = dyn_cast<clang::CXXConstructorDecl>(function)) {
      VTables(body, made->getParent());
      if (body.unit.ast.getLangOpts().Exceptions) {
        DestroyParts(body, made->getParent(), made->getLocation());
        // A delegating constructor that throws destroys the object.
        if (made->isDelegatingConstructor()) {
          RecordDestruction(body,
                            body.unit.ast.getTypeDeclType(made->getParent()),
                            made->getLocation());
        }
      }
    } else if (const auto* gone =
                   dyn_cast<clang::CXXDestructorDecl>(function)) {
      Destructor(body, gone);
    } else if (const auto* method = dyn_cast<clang::CXXMethodDecl>(function);
               method != nullptr && method->isLambdaStaticInvoker()) {
      StaticInvoker(body, method);
    }
    for (const clang::ParmVarDecl* parameter : function->parameters()) {
      if (parameter->isDestroyedInCallee()) {
        RecordDestruction(body, parameter->getType(), parameter->getLocation());
      }
    }
  }
  RecordUnwinding(body);
}

}  // namespace chestnut::frontend
