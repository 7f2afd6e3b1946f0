// Reads the syntax of a C++ file with libclang, and prints what it refers to, as one JSON object. The norm runs it as a
// process of its own, since a file may be made to exhaust or crash whoever reads it.
//
//   norm_syntax FILE [--given HEADER] FLAG...   reads FILE as if it included HEADER first
//   norm_syntax --precompile HEADER FLAG...      writes HEADER.syntax, with which the above takes a third of the time
//
// The keys are version, is_fast (HEADER.syntax was used), errors, skipped (lines from which #if leaves something out)
// and found; or missing, where there is no libclang. An error and what is found have line and column; what is found has what and name: see walk.hpp.
#include "norm/syntax_reader/libclang.hpp"
#include "norm/syntax_reader/walk.hpp"
#include "whole_file.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using namespace corokit::moulinette::libclang;
using corokit::moulinette::read_if_possible;
using Json = nlohmann::json;

constexpr unsigned kDetailedPreprocessingRecord = 0x01;
constexpr unsigned kForSerialization = 0x10;
constexpr unsigned kKeepGoing = 0x200;
constexpr int kError = 3;  // severity

/// A file can switch off the warning that we listen to. The word is replaced by one of the same length, whose pragma
/// nobody knows; where the word stands otherwise, that changes a name everywhere alike.
std::string without_diagnostic_pragmas(std::string text) {
  const std::string word = "diagnostic";
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) {
    const std::size_t line = text.rfind('\n', at) + 1;
    if (text.substr(line, at - line).find("pragma") != std::string::npos)
      text.replace(at, word.size(), "diagn0stic");
  }
  return text;
}

Unit parse(const Api& clang, const char* file, const std::string& text, std::vector<const char*> flags,
           unsigned options) {
  const char* language = (options & kForSerialization) != 0 ? "-xc++-header" : "-xc++";
  flags.insert(flags.end(), {language, "-Wno-everything", "-Wglobal-constructors"});
  UnsavedFile unsaved{file, text.data(), text.size()};
  Unit unit = nullptr;
  clang.parseTranslationUnit2(clang.createIndex(1, 0), file, flags.data(), static_cast<int>(flags.size()),
                              &unsaved, 1, options, &unit);
  return unit;
}

Json located(const Api& clang, Location location, File main) {
  File file = nullptr;
  unsigned line = 0;
  unsigned column = 0;
  clang.getFileLocation(location, &file, &line, &column, nullptr);
  const bool is_main = file && clang.File_isEqual(file, main) != 0;
  return {{"line", is_main ? line : 0}, {"column", is_main ? column : 0}};
}

/// Adds the errors, and the globals that are constructed while the program runs, which clang warns of.
void add_diagnostics(const Api& clang, Unit unit, File main, Json& result) {
  constexpr unsigned kMost = 1000;
  for (unsigned i = 0; i < std::min(clang.getNumDiagnostics(unit), kMost); ++i) {
    const Diagnostic diagnostic = clang.getDiagnostic(unit, i);
    Json entry = located(clang, clang.getDiagnosticLocation(diagnostic), main);
    if (clang.getDiagnosticSeverity(diagnostic) >= kError) {
      entry["message"] = clang.text(clang.getDiagnosticSpelling(diagnostic));
      result["errors"].push_back(std::move(entry));
    } else if (entry["line"] != 0 &&
               clang.text(clang.getDiagnosticOption(diagnostic, nullptr)) == "-Wglobal-constructors") {
      entry["what"] = "before_main";
      entry["name"] = "a global";
      result["found"].push_back(std::move(entry));
    }
  }
}

/// Returns: null if libclang can make nothing of it.
Unit parse_after(const Api& clang, const char* file, const std::string& given,
                 const std::vector<const char*>& flags, bool& is_fast) {
  const std::string text = without_diagnostic_pragmas(read_if_possible(file).value_or(""));
  constexpr unsigned kOptions = kDetailedPreprocessingRecord | kKeepGoing;
  if (given.empty()) return parse(clang, file, text, flags, kOptions);
  const std::string precompiled = given + ".syntax";
  std::vector<const char*> all = flags;
  all.insert(all.end(), {"-include-pch", precompiled.c_str()});
  const Unit unit = parse(clang, file, text, all, kOptions);
  is_fast = unit != nullptr;
  if (unit) return unit;
  // There is none, or one of another version.
  all = flags;
  all.insert(all.end(), {"-include", given.c_str()});
  return parse(clang, file, text, all, kOptions);
}

Json read_syntax(const Api& clang, const char* file, const std::string& given,
                 const std::vector<const char*>& flags) {
  Json result{{"version", clang.text(clang.getClangVersion())},
              {"errors", Json::array()},
              {"skipped", Json::array()},
              {"found", Json::array()}};
  bool is_fast = false;
  const Unit unit = parse_after(clang, file, given, flags, is_fast);
  result["is_fast"] = is_fast;
  if (!unit) {
    result["errors"].push_back({{"line", 0}, {"column", 0}, {"message", "libclang reads nothing of it"}});
    return result;
  }
  const File main = clang.getFile(unit, file);
  add_diagnostics(clang, unit, main, result);
  for (const Found& found : walk(clang, unit, main))
    result["found"].push_back(
        {{"what", found.what}, {"name", found.name}, {"line", found.line}, {"column", found.column}});
  if (const Ranges* skipped = clang.getSkippedRanges(unit, main)) {
    for (unsigned i = 0; i < skipped->count; ++i)
      result["skipped"].push_back(located(clang, clang.getRangeStart(skipped->ranges[i]), main)["line"]);
  }
  return result;
}

bool precompile(const Api& clang, const std::string& header, const std::vector<const char*>& flags) {
  const Unit unit = parse(clang, header.c_str(), read_if_possible(header).value_or(""), flags,
                          kForSerialization | kDetailedPreprocessingRecord);
  return unit && clang.saveTranslationUnit(unit, (header + ".syntax").c_str(), 0) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::size_t named = arguments.empty() ? 0 : arguments[0] == "--precompile" ? 2 : 1;
  if (named == 0 || arguments.size() < named) return 2;
  std::string given;
  std::vector<const char*> flags;
  for (std::size_t i = named; i < arguments.size(); ++i) {
    const bool is_given = arguments[i] == "--given" && i + 1 < arguments.size();
    if (is_given) given = arguments[++i];
    if (!is_given) flags.push_back(arguments[i].c_str());
  }
  std::string missing;
  const Api* clang = load(missing);
  if (arguments[0] == "--version") {
    std::puts(clang ? clang->text(clang->getClangVersion()).c_str() : missing.c_str());
    return 0;
  }
  // Where there is no libclang, or an old one, the norm does without what is compiled in advance.
  if (named == 2) return !clang || precompile(*clang, arguments[1], flags) ? 0 : 1;
  const Json result =
      clang ? read_syntax(*clang, arguments[0].c_str(), given, flags) : Json{{"missing", missing}};
  std::puts(result.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
  return 0;
}
