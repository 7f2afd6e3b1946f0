#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Names a mutant in words that survive changes elsewhere in its file: lines have no blanks at their ends, and those of
/// a mistake in several lines are joined by a blank.
struct MutantKey {
  std::string file;  // relative to the root of the repository
  std::string kind;  // the name of the operator
  std::string line;
  std::string becomes;
  std::string after;  // the line before, which is not empty and no comment

  bool operator==(const MutantKey&) const = default;
};

/// One file with one mistake.
struct Mutant {
  MutantKey key;
  std::string_view sentence;  // what is wrong
  std::size_t line = 0;       // the first that differs, from 1
  std::string source;         // the whole file; it has as many lines as the right one
  std::string diff;           // a patch, as `diff -u` writes it
};

/// Makes all mutants of a file, each once, in the order of their operators. They may not compile.
///
/// Throws: Error that names the file if its brackets do not match.
std::vector<Mutant> make_mutants(const std::string& file, const std::string& source);

/// Keeps at most `per_line` of the mutants that begin in one line. Which ones depends on the text of that line alone.
std::vector<Mutant> thinned(std::vector<Mutant> mutants, std::size_t per_line);

}  // namespace corokit::moulinette
