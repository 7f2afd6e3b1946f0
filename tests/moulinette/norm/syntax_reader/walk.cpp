#include "norm/syntax_reader/walk.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

namespace corokit::moulinette::libclang {
namespace {

using Text = std::string_view;

constexpr std::size_t kMost = 5000;  // findings of a file

bool is_one_of(Text text, std::initializer_list<Text> texts) {
  return std::ranges::find(texts, text) != texts.end();
}

class Walk {
 public:
  Walk(const Api& clang, Unit unit, File main) : clang_(clang), unit_(unit), main_(main) {}

  std::vector<Found> run() {
    clang_.visitChildren(
        clang_.getTranslationUnitCursor(unit_),
        [](Cursor cursor, Cursor, void* data) {
          auto& walk = *static_cast<Walk*>(data);
          if (!walk.is_in_main(cursor)) return kContinue;
          walk.look_at(cursor);
          return walk.found_.size() < kMost ? kRecurse : 0;
        },
        this);
    return std::move(found_);
  }

 private:
  const std::string& kind_of(const Cursor& cursor);
  bool is_in_main(const Cursor& cursor) const;
  void look_at(const Cursor& cursor);
  void construct(const Cursor& cursor, const std::string& kind);
  std::string printed(const Cursor& cursor) const;
  void attributes(const Cursor& cursor);
  void cast(const Cursor& cursor);
  void referenced(const Cursor& at, const Cursor& declaration);
  void overloaded(const Cursor& at, const Cursor& set);
  void type(const Cursor& at, Type type, int depth);
  /// Returns: what stands for a declaration; its name is empty for what is the file's own.
  Found named(const Cursor& declaration);
  std::string qualified(Cursor declaration);
  void add(const Cursor& at, std::string what, std::string name);

  const Api& clang_;
  Unit unit_;
  File main_;
  std::map<int, std::string> kinds_;
  std::set<std::tuple<std::string, std::string, unsigned>> known_;
  std::set<unsigned> functions_;  // where their names stand
  std::vector<Found> found_;
};

const std::string& Walk::kind_of(const Cursor& cursor) {
  std::string& kind = kinds_[cursor.kind];
  if (kind.empty()) kind = clang_.kind(cursor);
  return kind;
}

bool Walk::is_in_main(const Cursor& cursor) const {
  File file = nullptr;
  clang_.getFileLocation(clang_.getCursorLocation(cursor), &file, nullptr, nullptr, nullptr);
  return file && clang_.File_isEqual(file, main_) != 0;
}

void Walk::add(const Cursor& at, std::string what, std::string name) {
  Found found{.what = std::move(what), .name = std::move(name)};
  clang_.getFileLocation(clang_.getCursorLocation(at), nullptr, &found.line, &found.column, nullptr);
  if (known_.emplace(found.what, found.name, found.line).second) found_.push_back(std::move(found));
}

void Walk::look_at(const Cursor& cursor) {
  const std::string& kind = kind_of(cursor);
  // What a compiler adds to a coroutine stands where its name does. (What comes from one macro has places of its own.)
  if (is_one_of(kind, {"FunctionDecl", "CXXMethod", "FunctionTemplate", "LambdaExpr", "CXXConstructor",
                       "CXXDestructor", "CXXConversion"}))
    functions_.insert(clang_.getCursorLocation(cursor).offset);
  else if (functions_.contains(clang_.getCursorLocation(cursor).offset))
    return;
  construct(cursor, kind);
  if (is_one_of(kind, {"NamespaceRef", "MacroDefinition", "inclusion directive", "macro definition"})) return;
  if (kind == "OverloadedDeclRef") return overloaded(cursor, cursor);
  if (kind.ends_with("Ref") || kind.ends_with("RefExpr") || kind == "CallExpr")
    referenced(cursor, clang_.getCursorReferenced(cursor));
  if (is_one_of(kind, {"VarDecl", "FieldDecl", "ParmDecl"})) type(cursor, clang_.getCursorType(cursor), 0);
}

void Walk::construct(const Cursor& cursor, const std::string& kind) {
  if (kind == "CXXNewExpr") add(cursor, "raw_new", "new");
  if (kind == "CXXDeleteExpr") add(cursor, "raw_new", "delete");
  if (kind == "CXXReinterpretCastExpr") add(cursor, "reinterpret_cast", "reinterpret_cast");
  if (kind == "CXXConstCastExpr") add(cursor, "const_cast", "const_cast");
  if (is_one_of(kind, {"CStyleCastExpr", "CXXFunctionalCastExpr"})) cast(cursor);
  if (kind.find("asm") != std::string::npos || kind.find("Asm") != std::string::npos)
    add(cursor, "assembly", "asm");
  // Outside of any function it is one of the declarations that libclang has no kind for.
  if (kind == "UnexposedDecl" && printed(cursor).starts_with("__asm")) add(cursor, "assembly", "asm");
  if (is_one_of(kind, {"FunctionDecl", "VarDecl", "CXXMethod", "FunctionTemplate"})) attributes(cursor);
}

/// Returns: a declaration as clang writes it, without its body.
std::string Walk::printed(const Cursor& cursor) const {
  constexpr int kTerse = 17;  // CXPrintingPolicy_TerseOutput
  const Policy policy = clang_.getCursorPrintingPolicy(cursor);
  clang_.PrintingPolicy_setProperty(policy, kTerse, 1);
  std::string text = clang_.text(clang_.getCursorPrettyPrinted(cursor, policy));
  clang_.PrintingPolicy_dispose(policy);
  return text;
}

/// A declaration is printed with its attributes, whatever macro they come from.
void Walk::attributes(const Cursor& cursor) {
  bool has_any = false;
  clang_.visitChildren(
      cursor,
      [](Cursor child, Cursor, void* data) {
        const std::string kind = static_cast<std::pair<Walk*, bool*>*>(data)->first->kind_of(child);
        if (kind.find("ttribute") != std::string::npos || kind.find("Attr") != std::string::npos)
          *static_cast<std::pair<Walk*, bool*>*>(data)->second = true;
        return kContinue;
      },
      std::array<std::pair<Walk*, bool*>, 1>{{{this, &has_any}}}.data());
  if (!has_any) return;
  const std::string text = printed(cursor);
  for (const Text name : {"constructor", "destructor", "init_priority", "section"})
    if (text.find("__attribute__((" + std::string(name)) != std::string::npos ||
        text.find("gnu::" + std::string(name)) != std::string::npos ||
        text.find("gnu::__" + std::string(name)) != std::string::npos)
      return add(cursor, "before_main", std::string(name));
  for (const Text name : {"ifunc", "alias", "weakref", "no_sanitize", "optimize", "target"})
    if (text.find("__attribute__((" + std::string(name)) != std::string::npos ||
        text.find("gnu::" + std::string(name)) != std::string::npos ||
        text.find("gnu::__" + std::string(name)) != std::string::npos)
      return add(cursor, "attributes", std::string(name));
}

/// What a C-style cast between pointers or references does: reinterpret_cast, const_cast, or neither.
void Walk::cast(const Cursor& cursor) {
  Cursor operand{};
  clang_.visitChildren(
      cursor,
      [](Cursor child, Cursor, void* data) {
        *static_cast<Cursor*>(data) = child;  // the last child is the operand
        return kContinue;
      },
      &operand);
  const Type to = clang_.getCanonicalType(clang_.getCursorType(cursor));
  const Type from = clang_.getCanonicalType(clang_.getCursorType(operand));
  const std::string to_kind = clang_.kind(to);
  const std::string from_kind = clang_.kind(from);
  if (is_one_of(from_kind, {"Dependent", "Unexposed", "Invalid"})) return;
  const bool from_pointer = from_kind == "Pointer";
  const bool to_pointer = to_kind == "Pointer";
  if (!from_pointer && !to_pointer) return;
  if (from_pointer != to_pointer) {
    const bool is_plain =
        is_one_of(from_kind, {"NullPtr", "IncompleteArray", "ConstantArray", "FunctionProto"}) ||
        is_one_of(to_kind, {"Bool", "Void", "Record"}) || from_kind == "Int";
    if (!is_plain) add(cursor, "reinterpret_cast", "a cast");
    return;
  }
  const Type to_object = clang_.getCanonicalType(clang_.getPointeeType(to));
  const Type from_object = clang_.getCanonicalType(clang_.getPointeeType(from));
  if (clang_.isConstQualifiedType(from_object) != 0 && clang_.isConstQualifiedType(to_object) == 0)
    add(cursor, "const_cast", "a cast");
  const bool is_same =
      clang_.equalTypes(clang_.getUnqualifiedType(to_object), clang_.getUnqualifiedType(from_object)) != 0;
  const bool is_static = is_one_of(clang_.kind(to_object), {"Void"}) ||
                         is_one_of(clang_.kind(from_object), {"Void"}) ||
                         (clang_.kind(to_object) == "Record" && clang_.kind(from_object) == "Record");
  if (!is_same && !is_static) add(cursor, "reinterpret_cast", "a cast");
}

std::string Walk::qualified(Cursor declaration) {
  std::string name = clang_.text(clang_.getCursorSpelling(declaration));
  if (const std::size_t bracket = name.find('<');
      !name.starts_with("operator") && bracket != std::string::npos)
    name.resize(bracket);
  for (;;) {
    declaration = clang_.getCursorSemanticParent(declaration);
    const std::string kind = kind_of(declaration);
    if (clang_.Cursor_isNull(declaration) != 0 || kind == "TranslationUnit" || kind.starts_with("Invalid"))
      return name;
    if (kind == "LinkageSpec" || clang_.Cursor_isInlineNamespace(declaration) != 0) continue;
    const std::string parent = clang_.text(clang_.getCursorSpelling(declaration));
    if (!parent.empty()) name.insert(0, parent.substr(0, parent.find('<')).append("::"));
  }
}

Found Walk::named(const Cursor& declaration) {
  const Cursor first = clang_.getCanonicalCursor(declaration);
  const std::string& kind = kind_of(first);
  if (clang_.Cursor_isNull(first) != 0 || kind.starts_with("Invalid") ||
      kind.find("amespace") != std::string::npos)
    return {};
  if (is_one_of(kind, {"FunctionDecl", "VarDecl"})) {
    // Whoever declares a function of C anew, in whatever namespace, means the same function.
    const std::string symbol = clang_.text(clang_.Cursor_getMangling(first));
    const bool is_here = is_in_main(first);
    const bool is_defined_here = is_here && clang_.Cursor_isNull(clang_.getCursorDefinition(first)) == 0;
    if (is_defined_here) return {};
    const bool is_of_c = !symbol.empty() && !symbol.starts_with("_Z");
    const Cursor parent = clang_.getCursorSemanticParent(first);
    if (is_of_c && is_one_of(kind_of(parent), {"TranslationUnit", "LinkageSpec", "Namespace"}))
      return {.what = "c_name", .name = symbol.starts_with('\1') ? symbol.substr(1) : symbol};
  }
  if (is_in_main(first) || is_one_of(kind, {"TemplateTypeParameter", "NonTypeTemplateParameter", "ParmDecl"}))
    return {};
  return {.what = "name", .name = qualified(first)};
}

void Walk::referenced(const Cursor& at, const Cursor& declaration) {
  Found found = named(declaration);
  if (!found.name.empty()) add(at, std::move(found.what), std::move(found.name));
  const std::string& kind = kind_of(declaration);
  if (is_one_of(kind, {"TypedefDecl", "TypeAliasDecl"}))
    type(at, clang_.getTypedefDeclUnderlyingType(declaration), 0);
}

/// A call whose function is chosen later: if all candidates are outside of the file, each of them counts.
void Walk::overloaded(const Cursor& at, const Cursor& set) {
  std::vector<Found> candidates;
  for (unsigned i = 0; i < clang_.getNumOverloadedDecls(set); ++i) {
    candidates.push_back(named(clang_.getOverloadedDecl(set, i)));
    if (candidates.back().name.empty()) return;
  }
  for (Found& candidate : candidates) {
    const bool is_alone =
        std::ranges::all_of(candidates, [&](const Found& other) { return other.what == candidate.what; });
    if (is_alone) add(at, candidate.what, candidate.name);
  }
}

/// The class of an object, through pointers, and those of its template's arguments.
void Walk::type(const Cursor& at, Type of, int depth) {
  constexpr int kDeepest = 4;
  if (depth > kDeepest) return;
  of = clang_.getCanonicalType(of);
  const std::string kind = clang_.kind(of);
  if (is_one_of(kind, {"Pointer", "LValueReference", "RValueReference"}))
    return type(at, clang_.getPointeeType(of), depth + 1);
  if (kind != "Record") return;
  Found found = named(clang_.getTypeDeclaration(of));
  if (!found.name.empty()) add(at, std::move(found.what), std::move(found.name));
  for (int i = 0; i < clang_.Type_getNumTemplateArguments(of); ++i)
    type(at, clang_.Type_getTemplateArgumentAsType(of, static_cast<unsigned>(i)), depth + 1);
}

}  // namespace

std::vector<Found> walk(const Api& clang, Unit unit, File main) {
  return Walk(clang, unit, main).run();
}

}  // namespace corokit::moulinette::libclang
