#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Whether a text matches a pattern, in which * stands for any text.
bool matches(std::string_view pattern, std::string_view text) noexcept;

/// What a solution may name, and what it may not: the first rule that a name matches decides.
struct NameRules {
  struct Rule {
    std::string pattern;
    std::string why;  // why it is refused; empty if it is allowed
  };

  std::vector<Rule> rules;
  std::string otherwise;  // why a name is refused that no rule matches

  /// Returns: the first rule that one of the spellings of a name matches; null if there is none.
  const Rule* find(const std::vector<std::string>& spellings) const noexcept;
  /// Returns: why the name is refused; empty if it is allowed.
  const std::string& why_refused(const std::vector<std::string>& spellings) const noexcept;
};

/// What a solution must keep to besides its tests: exercises/norm.json, and what an exercise adds to it.
struct NormRules {
  NameRules
      symbols;  // what the object file may refer to, readable and without parameters ("std::thread::join")
  NameRules words;    // reserved words of the source
  NameRules headers;  // the system's headers that may be read, as an #include spells them
  NameRules pragmas;
  std::string macros;  // why a solution may not define one; empty if it may
};

/// Reads norm.json, after what the exercise adds, {"allowed": […], "refused": […]}, which goes first. In a rung come
/// threads and what belongs to them after that.
NormRules parse_norm(const nlohmann::json& norm, const nlohmann::json& of_exercise, bool is_rung = false);
/// Throws: Error if exercises/norm.json cannot be read, or its schema forbids something.
NormRules load_norm(const nlohmann::json& of_exercise, bool is_rung = false);

}  // namespace corokit::moulinette
