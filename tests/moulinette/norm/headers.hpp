#pragma once
#include "exercise/manifest.hpp"
#include "exercise/norm_rules.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Which headers a solution may read.
class Headers {
 public:
  Headers(const Manifest& manifest, const NameRules& rules);
  /// In a rung, the only header of the kit is the given one of this exercise: others hold solutions.
  Headers(const Manifest& manifest, const NameRules& rules, const std::string& rung)
      : Headers(manifest, rules) {
    only_ = rung + "/given.hpp";
  }

  /// `header` is what an #include names, without its quotes or brackets.
  ///
  /// Returns: why it is refused; empty if it is allowed, or if the compiler will not find it.
  std::string why_refused(std::string_view header) const;
  /// Whether a file that the compiler read is a header that a solution may read.
  bool allows(const std::filesystem::path& file) const;

 private:
  std::vector<std::filesystem::path> first_;   // what the compiler is made to read first
  std::vector<std::filesystem::path> given_;   // folders of the exercise and of corokit
  std::vector<std::filesystem::path> system_;  // the compiler's own include folders
  const NameRules* rules_;
  std::string only_;  // the only one below `given_`, as an #include spells it; empty: all are
};

/// Returns: the files that a compiler's -MD names, without the target.
std::vector<std::filesystem::path> parse_dependencies(std::string_view text);

}  // namespace corokit::moulinette
