#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// What a student has reached in one exercise.
struct Standing {
  int best_score = 0;
  int max_score = 0;                           // 0: nothing was graded yet
  std::optional<std::int64_t> passed_at = {};  // seconds since 1970, of the first pass
  int xp = 0;                                  // experience points
  std::size_t hints = 0;                       // how many were taken
  bool knows_quiz = false;                     // all answers were right once
  std::optional<std::size_t> duel_moves = {};  // the fewest with which the duel was won

  bool has_passed() const noexcept { return passed_at.has_value(); }
  bool has_begun() const noexcept { return max_score > 0; }

  bool operator==(const Standing&) const = default;
};

/// By the name of the exercise.
using Standings = std::map<std::string, Standing, std::less<>>;

/// Returns: what the document says of each exercise; where it says something that makes no sense, as if it did not.
Standings parse_standings(const nlohmann::json& json);
nlohmann::json to_json(const Standings& standings);

}  // namespace corokit::moulinette
