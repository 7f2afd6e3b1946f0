#include "report/ladder_report.hpp"

#include "output/style.hpp"
#include "output/terminal_words.hpp"

#include <simulation/terminal_text.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kWithTimes = 60;  // columns of a terminal that has room for times and points
constexpr std::size_t kShortest = 20;   // columns that a title needs

std::string duration(int minutes) {
  return minutes < 120 ? fmt::format("{} min", minutes) : fmt::format("{} h", minutes / 60);
}

std::string state(const Standing& standing, const TerminalWords& say) {
  if (standing.has_passed()) return standing.knows_quiz ? say("passed, quiz") : say("passed");
  return standing.has_begun() ? say("{} of {}", standing.best_score, standing.max_score) : say("open");
}

/// Returns: a title without the name of what it is about, as in "Notify: who touches the waiter last?".
std::string idea(const std::string& title) {
  const std::size_t colon = title.find(": ");  // in French there is a space before it as well
  return colon == std::string::npos ? title : title.substr(colon + 2);
}

/// Returns: the text, or as many columns of it.
std::string cut(const std::string& text, std::size_t columns) {
  return explorer::columns(text) <= columns ? text : fmt::format("{:.{}}…", text, columns - 1);
}

/// Returns: what follows the band and the name in a line of the table.
std::string row(const Rung& rung, std::size_t name_width, const OutputOptions& output) {
  const Style style(output.colour);
  const std::string padded = fmt::format("{:<12}", state(rung.standing, TerminalWords(output.language)));
  std::string line = fmt::format("{:<{}}  ", rung.spec.exercise, name_width);
  line += rung.standing.has_passed() ? style.good(padded) : padded;
  if (output.width < kWithTimes) return line;
  line += fmt::format(" {:>6}  {:>3} XP", duration(rung.spec.minutes), rung.spec.xp);
  const std::size_t used = name_width + 33;
  if (output.width < used + kShortest) return line;
  return line + "  " + cut(idea(rung.spec.title), output.width - used);
}

std::string how_to_go_on(const Ladder& ladder, const Rung& rung, const OutputOptions& output) {
  const std::string& name = rung.spec.exercise;
  const Style style(output.colour);
  const TerminalWords say(output.language);
  const std::vector<std::string> missing = ladder.missing_for(rung);
  std::string text = say("Next: {}, about {}, {} XP; {} without a hint", style.strong(name),
                         duration(rung.spec.minutes), rung.spec.xp, rung.spec.max_xp()) +
                     "\n";
  const std::size_t width = output.language == Language::french ? 10 : 8;
  const auto labelled = [&text, width](const std::string& label, const std::string& what) {
    text += fmt::format("  {:<{}} {}\n", label, width, what);
  };
  labelled(say("teaches"), say("{}; {}, difficulty {} of 5", rung.spec.teaches,
                               tier_in(output.language, rung.spec.tier), rung.spec.difficulty));
  if (!missing.empty()) labelled(say("rests on"), fmt::format("{}", fmt::join(missing, ", ")));
  labelled(say("read"), lesson_of(rung, output.language).string());
  labelled(say("fill in"), file_of(rung).string());
  labelled(say("write"),
           fmt::format("{}", fmt::join(rung.spec.prototype, "\n" + std::string(width + 3, ' '))));
  labelled(say("grade"), "./moulinette grade " + name);
  labelled(say("or"), say("{}, which grades at each save", "./moulinette watch " + name));
  return text;
}

std::string sum(const Ladder& ladder, const TerminalWords& say) {
  return say("{} of {} passed, {} of {} XP", ladder.passed(), ladder.rungs.size(), ladder.xp(),
             ladder.max_xp());
}

}  // namespace

std::string ladder_report(const Ladder& ladder, const OutputOptions& output) {
  const Style style(output.colour);
  const TerminalWords say(output.language);
  const Rung* next = ladder.next();
  std::size_t name_width = 0;
  for (const Rung& rung : ladder.rungs) name_width = std::max(name_width, rung.spec.exercise.size());
  std::string text;
  std::string_view module;
  for (const Rung& rung : ladder.rungs) {
    if (rung.spec.module != module) {
      module = rung.spec.module;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", style.strong(module));
    }
    text += fmt::format("{} {}\n", &rung == next ? ">" : " ", row(rung, name_width, output));
  }
  text += fmt::format("\n{}\n\n", sum(ladder, say));
  if (!next) return text + say("You have passed all there is.") + "\n";
  return text + how_to_go_on(ladder, *next, output);
}

std::string standing_line(const Ladder& ladder, Language language) {
  const TerminalWords say(language);
  const Rung* next = ladder.next();
  const std::string line =
      next ? say("You have {} of {} XP. Next is {}: ./moulinette next", ladder.xp(), ladder.max_xp(),
                 next->spec.exercise)
           : say("You have {} of {} XP, and have passed all there is.", ladder.xp(), ladder.max_xp());
  return line + "\n";
}

std::string tier_in(Language language, const std::string& tier) {
  return language == Language::french ? said_in_french(kTerminalWords, tier) : tier;
}

nlohmann::ordered_json to_json(const Ladder& ladder, Language language) {
  using Json = nlohmann::ordered_json;
  Json exercises = Json::array();
  for (const Rung& rung : ladder.rungs) {
    const Standing& standing = rung.standing;
    exercises.push_back({{"exercise", rung.spec.exercise},
                         {"title", rung.spec.title},
                         {"module", rung.spec.module},
                         {"concept", rung.spec.teaches},
                         {"tier", rung.spec.tier},
                         {"difficulty", rung.spec.difficulty},
                         {"prerequisites", rung.spec.prerequisites},
                         {"minutes", rung.spec.minutes},
                         {"lesson", lesson_of(rung, language).string()},
                         {"file", file_of(rung).string()},
                         {"best_score", standing.best_score},
                         {"max_score", rung.spec.max_score()},
                         {"passed", standing.has_passed()},
                         {"passed_at", standing.passed_at ? Json(*standing.passed_at) : Json()},
                         {"xp", std::min(standing.xp, rung.spec.max_xp())},
                         {"max_xp", rung.spec.max_xp()},
                         {"hints", standing.hints},
                         {"knows_quiz", standing.knows_quiz},
                         {"duel_moves", standing.duel_moves ? Json(*standing.duel_moves) : Json()}});
  }
  const Rung* next = ladder.next();
  return {{"xp", ladder.xp()},
          {"max_xp", ladder.max_xp()},
          {"next", next ? Json(next->spec.exercise) : Json()},
          {"exercises", std::move(exercises)}};
}

}  // namespace corokit::moulinette
