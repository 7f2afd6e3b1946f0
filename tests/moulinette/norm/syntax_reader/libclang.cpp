#include "norm/syntax_reader/libclang.hpp"

#include <dlfcn.h>

namespace corokit::moulinette::libclang {
namespace {

// Other versions may well do, but the tests are about this one.
constexpr const char* kLibrary = "libclang-19.so.1";

class Loader {
 public:
  explicit Loader(void* library) noexcept : library_(library) {}

  template <class Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    if (!function && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const noexcept { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

#define COROKIT_FIND(name) loader.find(api.name, "clang_" #name)

void find_units(Loader& loader, Api& api) {
  COROKIT_FIND(getClangVersion);
  COROKIT_FIND(getCString);
  COROKIT_FIND(disposeString);
  COROKIT_FIND(createIndex);
  COROKIT_FIND(parseTranslationUnit2);
  COROKIT_FIND(saveTranslationUnit);
  COROKIT_FIND(getTranslationUnitCursor);
  COROKIT_FIND(getFile);
  COROKIT_FIND(File_isEqual);
  COROKIT_FIND(getSkippedRanges);
  COROKIT_FIND(getRangeStart);
  COROKIT_FIND(getFileLocation);
}

void find_diagnostics(Loader& loader, Api& api) {
  COROKIT_FIND(getNumDiagnostics);
  COROKIT_FIND(getDiagnostic);
  COROKIT_FIND(getDiagnosticSeverity);
  COROKIT_FIND(getDiagnosticSpelling);
  COROKIT_FIND(getDiagnosticLocation);
  COROKIT_FIND(getDiagnosticOption);
}

void find_cursors(Loader& loader, Api& api) {
  COROKIT_FIND(visitChildren);
  COROKIT_FIND(getCursorKindSpelling);
  COROKIT_FIND(getCursorSpelling);
  COROKIT_FIND(getCursorLocation);
  COROKIT_FIND(getCursorReferenced);
  COROKIT_FIND(getCanonicalCursor);
  COROKIT_FIND(getCursorDefinition);
  COROKIT_FIND(getCursorSemanticParent);
  COROKIT_FIND(getNumOverloadedDecls);
  COROKIT_FIND(getOverloadedDecl);
  COROKIT_FIND(Cursor_isInlineNamespace);
  COROKIT_FIND(Cursor_isNull);
  COROKIT_FIND(Cursor_getMangling);
  COROKIT_FIND(getCursorPrintingPolicy);
  COROKIT_FIND(PrintingPolicy_setProperty);
  COROKIT_FIND(PrintingPolicy_dispose);
  COROKIT_FIND(getCursorPrettyPrinted);
}

void find_types(Loader& loader, Api& api) {
  COROKIT_FIND(getCursorType);
  COROKIT_FIND(getCanonicalType);
  COROKIT_FIND(getTypedefDeclUnderlyingType);
  COROKIT_FIND(getPointeeType);
  COROKIT_FIND(getTypeDeclaration);
  COROKIT_FIND(getTypeKindSpelling);
  COROKIT_FIND(isConstQualifiedType);
  COROKIT_FIND(getUnqualifiedType);
  COROKIT_FIND(equalTypes);
  COROKIT_FIND(Type_getNumTemplateArguments);
  COROKIT_FIND(Type_getTemplateArgumentAsType);
}

#undef COROKIT_FIND

}  // namespace

std::string Api::text(String string) const {
  const char* characters = getCString(string);
  std::string copy = characters ? characters : "";
  disposeString(string);
  return copy;
}

const Api* load(std::string& reason) {
  static Api api;
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    reason = dlerror();
    return nullptr;
  }
  Loader loader(library);
  find_units(loader, api);
  find_diagnostics(loader, api);
  find_cursors(loader, api);
  find_types(loader, api);
  reason = loader.missing();
  return reason.empty() ? &api : nullptr;
}

}  // namespace corokit::moulinette::libclang
