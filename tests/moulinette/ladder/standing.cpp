#include "ladder/standing.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

/// Returns: the number under a key; nothing if there is none, or one that no program of ours has written.
template <class Number>
std::optional<Number> number(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return {};
  const auto value = found->get<std::uint64_t>();
  if (value > static_cast<std::uint64_t>(std::numeric_limits<Number>::max())) return {};
  return static_cast<Number>(value);
}

Standing parse(const Json& json) {
  Standing standing{.best_score = number<int>(json, "best_score").value_or(0),
                    .max_score = number<int>(json, "max_score").value_or(0),
                    .passed_at = number<std::int64_t>(json, "passed_at"),
                    .xp = number<int>(json, "xp").value_or(0),
                    .hints = number<std::size_t>(json, "hints").value_or(0),
                    .duel_moves = number<std::size_t>(json, "duel_moves")};
  standing.best_score = std::min(standing.best_score, standing.max_score);
  const auto quiz = json.find("knows_quiz");
  standing.knows_quiz = quiz != json.end() && *quiz == true;
  return standing;
}

Json to_json(const Standing& standing) {
  Json json{{"best_score", standing.best_score},
            {"max_score", standing.max_score},
            {"xp", standing.xp},
            {"hints", standing.hints},
            {"knows_quiz", standing.knows_quiz}};
  if (standing.passed_at) json["passed_at"] = *standing.passed_at;
  if (standing.duel_moves) json["duel_moves"] = *standing.duel_moves;
  return json;
}

}  // namespace

Standings parse_standings(const Json& json) {
  Standings standings;
  if (!json.is_object()) return standings;
  for (const auto& [exercise, standing] : json.items())
    if (standing.is_object()) standings.emplace(exercise, parse(standing));
  return standings;
}

Json to_json(const Standings& standings) {
  Json json = Json::object();
  for (const auto& [exercise, standing] : standings) json[exercise] = to_json(standing);
  return json;
}

}  // namespace corokit::moulinette
