#pragma once
#include <string>

/// The part of libclang's C interface that the norm needs. The library is loaded while the program runs, so nothing of
/// it is needed to build, and a machine without it grades as well. The layouts are those of clang-c/Index.h, which has
/// kept them since version 3. Kinds are told apart by their spellings, which are the same in all versions, unlike their
/// numbers.
namespace corokit::moulinette::libclang {

struct String {
  const void* data;
  unsigned flags;
};
struct Cursor {
  int kind;
  int xdata;
  const void* data[3];
};
struct Location {
  const void* place[2];
  unsigned offset;
};
struct Range {
  const void* place[2];
  unsigned begin, end;
};
struct Ranges {
  unsigned count;
  Range* ranges;
};
struct Type {
  int kind;
  void* data[2];
};
struct UnsavedFile {
  const char* name;
  const char* text;
  unsigned long length;
};
using Index = void*;
using Unit = void*;
using File = void*;
using Diagnostic = void*;
using Policy = void*;
using Visitor = int (*)(Cursor cursor, Cursor parent, void* data);

inline constexpr int kContinue = 1;  // of a Visitor: the next sibling
inline constexpr int kRecurse = 2;   // the children first

/// The functions, by their names without "clang_".
struct Api {
  String (*getClangVersion)();
  const char* (*getCString)(String);
  void (*disposeString)(String);

  Index (*createIndex)(int, int);
  int (*parseTranslationUnit2)(Index, const char*, const char* const*, int, UnsavedFile*, unsigned, unsigned,
                               Unit*);
  int (*saveTranslationUnit)(Unit, const char*, unsigned);
  Cursor (*getTranslationUnitCursor)(Unit);
  File (*getFile)(Unit, const char*);
  int (*File_isEqual)(File, File);
  Ranges* (*getSkippedRanges)(Unit, File);
  Location (*getRangeStart)(Range);
  void (*getFileLocation)(Location, File*, unsigned*, unsigned*, unsigned*);

  unsigned (*getNumDiagnostics)(Unit);
  Diagnostic (*getDiagnostic)(Unit, unsigned);
  int (*getDiagnosticSeverity)(Diagnostic);
  String (*getDiagnosticSpelling)(Diagnostic);
  Location (*getDiagnosticLocation)(Diagnostic);
  String (*getDiagnosticOption)(Diagnostic, String*);

  unsigned (*visitChildren)(Cursor, Visitor, void*);
  String (*getCursorKindSpelling)(int);
  String (*getCursorSpelling)(Cursor);
  Location (*getCursorLocation)(Cursor);
  Cursor (*getCursorReferenced)(Cursor);
  Cursor (*getCanonicalCursor)(Cursor);
  Cursor (*getCursorDefinition)(Cursor);
  Cursor (*getCursorSemanticParent)(Cursor);
  unsigned (*getNumOverloadedDecls)(Cursor);
  Cursor (*getOverloadedDecl)(Cursor, unsigned);
  unsigned (*Cursor_isInlineNamespace)(Cursor);
  int (*Cursor_isNull)(Cursor);
  String (*Cursor_getMangling)(Cursor);
  Policy (*getCursorPrintingPolicy)(Cursor);
  void (*PrintingPolicy_setProperty)(Policy, int, unsigned);
  void (*PrintingPolicy_dispose)(Policy);
  String (*getCursorPrettyPrinted)(Cursor, Policy);

  Type (*getCursorType)(Cursor);
  Type (*getCanonicalType)(Type);
  Type (*getTypedefDeclUnderlyingType)(Cursor);
  Type (*getPointeeType)(Type);
  Cursor (*getTypeDeclaration)(Type);
  String (*getTypeKindSpelling)(int);
  unsigned (*isConstQualifiedType)(Type);
  Type (*getUnqualifiedType)(Type);
  unsigned (*equalTypes)(Type, Type);
  int (*Type_getNumTemplateArguments)(Type);
  Type (*Type_getTemplateArgumentAsType)(Type, unsigned);

  /// Returns: the text, and disposes of it.
  std::string text(String string) const;
  std::string kind(const Cursor& cursor) const { return text(getCursorKindSpelling(cursor.kind)); }
  std::string kind(const Type& type) const { return text(getTypeKindSpelling(type.kind)); }
};

/// Loads the library.
///
/// Returns: null if it is not installed, and why in `reason`.
const Api* load(std::string& reason);

}  // namespace corokit::moulinette::libclang
