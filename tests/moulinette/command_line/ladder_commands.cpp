#include "command_line/ladder_commands.hpp"

#include "command_line/command_parts.hpp"
#include "error.hpp"
#include "exercise/quiz.hpp"
#include "ladder/original.hpp"
#include "ladder/progress_file.hpp"
#include "ladder/record.hpp"
#include "ladder/solution.hpp"
#include "output/error_texts.hpp"
#include "output/terminal_words.hpp"
#include "report/ladder_report.hpp"
#include "report/solution_report.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

/// Returns: the questions in the language that was asked for; in English where there are no others.
Quiz quiz_of(const Exercise& exercise, Language language) {
  const std::filesystem::path folder = exercise.spec.parent_path();
  std::filesystem::path file = folder / "quiz.fr.json";
  if (language != Language::french || !std::filesystem::exists(file)) {
    file = folder / "quiz.json";
    language = Language::english;
  }
  if (!std::filesystem::exists(file))
    throw misuse(error_text("{} has no quiz: there is no {}.", exercise.name, file.string()));
  return load_quiz(file, exercise.name, language);
}

}  // namespace

Ladder ladder_now(const Request& request) {
  return load_ladder(load_kit(request.kit), ProgressFile().read(),
                     request.output.json ? Language::english : request.output.language);
}

bool ask_quiz(const Request& request, const Exercise& exercise, std::istream& answers) {
  const Quiz quiz = quiz_of(exercise, request.output.language);
  const bool echo = isatty(STDIN_FILENO) == 0;
  const std::size_t right = ask(quiz, answers, std::cout, Style(request.output.colour), echo);
  if (right < quiz.questions.size()) return false;
  ProgressFile().change(exercise.name, [](Standing& standing) { standing.knows_quiz = true; });
  return true;
}

int quiz_command(const Request& request, const std::string& name) {
  const Exercise exercise = find_exercise(request, name);
  if (request.output.json) {
    print(to_json(quiz_of(exercise, request.output.language)));
    return 0;
  }
  return ask_quiz(request, exercise, std::cin) ? 0 : Error::kNotAsExpected;
}

int reset_command(const Request& request, const std::string& name) {
  const Exercise exercise = find_exercise(request, name);
  const Spec spec = load_spec(exercise);
  const auto original = original_of(exercise, spec);
  if (!original)
    throw broken(error_text(
        "Nobody knows any more how {} was: there is no repository of git here, and it was changed before "
        "the kit was first used.\nTake it from where you have the kit from.",
        spec.file));
  const TerminalWords say(request.output.language);
  const Reset done = reset(file_of({spec, exercise.spec.parent_path(), {}}), *original);
  if (request.output.json) {
    const auto kept =
        done.kept.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(done.kept.string());
    print({{"file", done.file.string()}, {"kept", kept}});
  } else if (done.kept.empty()) {
    print(say("{} is as it was given.", done.file.string()) + "\n");
  } else {
    print(say("{} is as it was given. What it was is kept in {}.", done.file.string(), done.kept.string()) +
          "\n");
  }
  return 0;
}

int solution_command(const Request& request, const std::string& name) {
  const Exercise exercise = find_exercise(request, name);
  if (!ladder_now(request).has_passed(name))
    throw broken(error_text("You have not passed {} yet: its solutions are shown after that.", name));
  const std::vector<Solution> all = solutions(load_manifest(exercise.manifest));
  if (request.output.json)
    print(to_json(name, all));
  else
    print(solution_report(all, request.output));
  return 0;
}

void remember_hint(const Hint& hint, const std::string& exercise) {
  if (hint.is_new) ProgressFile().change(exercise, [](Standing& standing) { ++standing.hints; });
}

int next_command(const Request& request) {
  for (const Exercise& exercise : load_kit(request.kit)) keep_original(exercise, load_spec(exercise));
  const Ladder ladder = ladder_now(request);
  if (request.output.json)
    print(to_json(ladder, request.output.language));
  else
    print(ladder_report(ladder, request.output));
  return 0;
}

void remember_verdict(const Request& request, const Session& session, const Graded& graded,
                      const std::filesystem::path& source, bool takes_hint) {
  if (!counts(graded, session, source)) return;
  bool earns_bonus = false;
  const std::string problem = ProgressFile().change(graded.exercise, [&](Standing& standing) {
    earns_bonus =
        standing.hints == 0 && graded.score == graded.max_score && session.spec.bonus_multiplier > 1;
    add(standing, graded, session.spec, std::time(nullptr));
    standing.hints += takes_hint;
  });
  if (request.output.json || !graded.passed()) return;
  if (earns_bonus) {
    std::string times = fmt::format("{}", session.spec.bonus_multiplier);
    if (request.output.language == Language::french) std::ranges::replace(times, '.', ',');
    print(TerminalWords(request.output.language)("A full score without a hint counts {} times: {} XP.", times,
                                                 session.spec.max_xp()) +
          "\n");
  }
  print(problem.empty() ? standing_line(ladder_now(request), request.output.language)
                        : error_in(request.output.language, problem) + "\n");
}

}  // namespace corokit::moulinette
