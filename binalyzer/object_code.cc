#include "binalyzer/object_code.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "binalyzer/image.h"
#include "binalyzer/module_facts.h"

namespace chestnut::binalyzer {
namespace {

absl::StatusOr<facts::UnitView> CodeFacts(const LinkedObject& object,
                                          const ModuleOptions& options) {
  absl::StatusOr<Image> image = Image::Read(object.bytes, object.name);
  if (!image.ok()) return image.status();
  absl::StatusOr<std::string> facts = ModuleFacts(*image, options);
  if (!facts.ok()) return facts.status();
  return facts::UnitView::Create(
      std::make_shared<const std::string>(*std::move(facts)), object.name);
}

std::optional<DescribedName> FindAnnotated(const AnnotatedNames& annotated,
                                           const ImageSymbol& symbol) {
  if (symbol.binding == SymbolBinding::kLocal ||
      !annotated.contains(symbol.name)) {
    return std::nullopt;
  }
  return DescribedName{std::string(symbol.name), /*internal=*/false};
}

}  // namespace

absl::StatusOr<facts::UnitView> ObjectCode(const LinkedObject& object,
                                           const AnnotatedNames& annotated) {
  ModuleOptions options;
  if (!annotated.empty()) {
    options.describe = [&annotated](const ImageSymbol& symbol) {
      return FindAnnotated(annotated, symbol);
    };
  }
  return CodeFacts(object, options);
}

absl::StatusOr<facts::UnitView> RestOfObjectCode(
    const LinkedObject& object, const AnnotatedNames& annotated,
    const KnownReferences& known) {
  ModuleOptions options;
  options.any_of_them = AnyCodeOf(object);
  options.describe =
      [&](const ImageSymbol& symbol) -> std::optional<DescribedName> {
    const bool local = symbol.binding == SymbolBinding::kLocal;
    for (NameId name : known.Find(symbol.name, local)) {
      if (known.HasFunction(name) || known.HasObject(name)) {
        return DescribedName{std::string(known.TextOf(name)),
                             known.IsInternal(name)};
      }
    }
    return FindAnnotated(annotated, symbol);
  };
  return CodeFacts(object, options);
}

std::string AnyCodeOf(const LinkedObject& object) {
  return absl::StrCat("machine code of ", object.name);
}

}  // namespace chestnut::binalyzer
