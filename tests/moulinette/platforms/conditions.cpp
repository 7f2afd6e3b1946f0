#include "platforms/conditions.hpp"

#include "platforms/text.hpp"
#include "running/run_messages.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

Json conditions(const Json& graded) {
  const Json& sandbox = graded.at("sandbox");
  return {{"sandbox", sandbox.is_object() ? sandbox.at("level") : Json()},
          {"norm_level", graded.at("norm_level")}};
}

std::string conditions_in_words(const Json& graded, Language language) {
  const bool in_french = language == Language::french;
  std::string lines;
  if (const Json& sandbox = graded.at("sandbox"); sandbox.is_object()) {
    const std::string level = sandbox.at("level"), remains = sandbox.at("remains");
    lines = fmt::format("{}{}.", in_french ? "Bac à sable : " : "Sandbox: ", level);
    if (level != "full") lines += " " + (in_french ? run_message_in_french(remains) : remains);
    lines += "\n";
  }
  const std::string level = graded.at("norm_level"), note = plain(graded.at("norm_note").get<std::string>());
  lines +=
      fmt::format("{}{}.{}{}\n", in_french ? "Norme : " : "Norm: ", level, note.empty() ? "" : " ", note);
  return lines;
}

}  // namespace corokit::moulinette
