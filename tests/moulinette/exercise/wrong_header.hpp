#pragma once
#include "exercise/spec.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// How a wrong implementation is expected to end: the value of `Expect:` in its header.
enum class Expect { wrong, crash, hang, refused };
std::string_view word(Expect expect) noexcept;

/// The five lines that open every wrong implementation, in a patch as they are and in a source file as comments.
/// They alone say which tests kill it, and how it ends.
struct WrongHeader {
  std::string wrong;
  std::string plausible;
  std::vector<std::string> killed_by;  // names of tests, as the spec writes them
  std::string under;                   // "simulation" or "thread pool"; in a rung "explorer"
  Expect expect = Expect::wrong;
  std::string finding = {};  // in a rung, instead: the kind of what the explorer finds, such as "data race"
};

/// Reads the header from the beginning of a file.
///
/// Throws: Error that names `file`, line and label if a line is missing, has a value that is not allowed, or
///   names a test that `spec` does not have.
WrongHeader parse_wrong_header(std::string_view text, const std::string& file, const Spec& spec);
/// The same for `file`, which the roster names from `root`.
WrongHeader load_wrong_header(const std::filesystem::path& root, const std::filesystem::path& file,
                              const Spec& spec);

}  // namespace corokit::moulinette
