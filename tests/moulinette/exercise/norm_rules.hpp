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
    std::string why;               // why it is refused; empty if it is allowed
    std::string rule = {};         // the name of the rule that refuses it
    std::string replacement = {};  // what to use instead; empty if nothing is said
  };

  std::vector<Rule> rules;
  std::string otherwise;            // why a name is refused that no rule matches
  std::string otherwise_rule = {};  // the rule that refuses it

  /// Returns: the first rule that one of the spellings of a name matches; null if there is none.
  const Rule* find(const std::vector<std::string>& spellings) const noexcept;
  /// Returns: why the name is refused; empty if it is allowed.
  const std::string& why_refused(const std::vector<std::string>& spellings) const noexcept;
};

/// A rule, as norm.json has it.
struct NormRule {
  std::string name;
  std::string what;  // what it refuses
  std::string why;   // of a construct of the language; empty where names are refused, each with a reason
  std::string replacement;  // what to do instead
};

/// What a solution must keep to besides its tests: exercises/norm.json, and what an exercise adds to it.
struct NormRules {
  std::vector<NormRule> all;  // those that hold for the exercise
  NameRules names;            // what the source may name; a name that no rule matches is allowed
  NameRules
      symbols;  // what the object file may refer to, readable and without parameters ("std::thread::join")
  NameRules words;    // reserved words of the source
  NameRules headers;  // the system's headers that may be read, as an #include spells them
  NameRules pragmas;
  std::string macros;  // why a solution may not define one; empty if it may

  /// Returns: the rule of this name; null if it does not hold for the exercise.
  const NormRule* find(std::string_view name) const noexcept;
};

/// Reads norm.json, after what the exercise adds, {"allowed": […], "refused": […], "blocking": …}, which goes first. An
/// exercise may allow names, or a rule by its name. In a rung come threads and what belongs to them after that.
NormRules parse_norm(const nlohmann::json& norm, const nlohmann::json& of_exercise, bool is_rung = false);
/// Throws: Error if exercises/norm.json cannot be read, or its schema forbids something.
NormRules load_norm(const nlohmann::json& of_exercise, bool is_rung = false);

/// Returns: a rule of exercises/norm.json; an empty one if there is none of this name.
///
/// Throws: Error as load_norm().
NormRule find_norm_rule(std::string_view name);

/// Returns: what exercises/norm.fr.json has for a text of a finding or of a rule; the text itself if it has nothing.
std::string norm_in_french(const std::string& english);

}  // namespace corokit::moulinette
