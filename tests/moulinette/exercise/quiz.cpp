#include "exercise/quiz.hpp"

#include "error.hpp"
#include "exercise/schema.hpp"
#include "output/terminal_words.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kWidth = 96;

char letter(std::size_t choice) {
  return static_cast<char>('a' + choice);
}

Question parse_question(const nlohmann::json& entry, const std::string& place) {
  Question question{entry.at("question"), entry.at("choices"), 0, entry.at("explanation")};
  question.answer = static_cast<std::size_t>(entry.at("answer").get<std::string>().front() - 'a');
  if (question.answer >= question.choices.size()) {
    throw broken(fmt::format("{}: \"answer\" must be a letter from a to {}", place,
                             letter(question.choices.size() - 1)));
  }
  return question;
}

/// Returns: the length of a text in UTF-8, in columns.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Breaks lines that are too long, except those of code. All lines but the first begin with `indent` spaces.
std::string wrapped(const std::string& text, std::size_t indent) {
  const std::string margin(indent, ' ');
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!result.empty()) (result += '\n') += margin;
    if (line.starts_with(' ')) {
      result += line;
      continue;
    }
    std::size_t column = indent;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      const bool is_first = column == indent;
      const std::size_t width = columns(word);
      if (!is_first && column + 1 + width > kWidth) {
        (result += '\n') += margin;
        column = indent;
      } else if (!is_first) {
        result += ' ';
        ++column;
      }
      result += word;
      column += width;
    }
  }
  return result;
}

/// Returns: the index of the choice; none if the quiz ends here.
std::optional<std::size_t> read_answer(const Question& question, const TerminalWords& say,
                                       std::istream& answers, std::ostream& out, bool echo) {
  const char last = letter(question.choices.size() - 1);
  for (std::string line;;) {
    out << "> " << std::flush;
    if (!std::getline(answers, line)) break;
    if (echo) out << line << "\n";
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "q") break;
    const char given = word.size() == 1 ? word[0] : '?';
    const char lower = given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given;
    if (lower >= 'a' && lower <= last) return static_cast<std::size_t>(lower - 'a');
    out << say("Answer with a letter from a to {}, or q to stop.", last) << '\n';
  }
  out << "\n";
  return std::nullopt;
}

}  // namespace

Quiz parse_quiz(const nlohmann::json& json, std::string exercise, Language language) {
  require_valid(json, "quiz.json");
  Quiz quiz{std::move(exercise), language, {}};
  for (const auto& entry : json.at("questions")) {
    const std::string place = fmt::format("quiz.json/questions/{}", quiz.questions.size());
    quiz.questions.push_back(parse_question(entry, place));
  }
  return quiz;
}

Quiz load_quiz(const std::filesystem::path& file, std::string exercise, Language language) {
  const nlohmann::json json = read_json(file);
  try {
    return parse_quiz(json, std::move(exercise), language);
  } catch (const Error& error) {
    const bool is_english = language == Language::english;
    throw broken(fmt::format("{}: {}", (is_english ? file.parent_path() : file).string(), error.what()));
  }
}

nlohmann::ordered_json to_json(const Quiz& quiz) {
  nlohmann::ordered_json questions = nlohmann::ordered_json::array();
  for (const Question& question : quiz.questions) {
    questions.push_back({{"question", question.text},
                         {"choices", question.choices},
                         {"answer", std::string(1, letter(question.answer))},
                         {"explanation", question.explanation}});
  }
  return {{"exercise", quiz.exercise}, {"questions", std::move(questions)}};
}

std::size_t ask(const Quiz& quiz, std::istream& answers, std::ostream& out, const Style& style, bool echo) {
  const TerminalWords say(quiz.language);
  std::size_t right = 0;
  std::size_t asked = 0;
  out << say("{}: {} questions. Answer with a letter, or q to stop.", style.strong(quiz.exercise),
             quiz.questions.size())
      << '\n';
  for (const Question& question : quiz.questions) {
    out << fmt::format("\n{} {}\n", style.strong(fmt::format("{}.", ++asked)), wrapped(question.text, 3));
    for (std::size_t i = 0; i < question.choices.size(); ++i)
      out << fmt::format("   {}) {}\n", letter(i), wrapped(question.choices[i], 6));
    const auto choice = read_answer(question, say, answers, out, echo);
    if (!choice) break;
    const bool good = *choice == question.answer;
    right += good;
    out << fmt::format("   {} {}\n",
                       good ? style.good(say("Right.")) : style.bad(say("No: {}.", letter(question.answer))),
                       wrapped(question.explanation, 3));
  }
  out << fmt::format("\n{}\n", style.strong(say("{} of {} right", right, quiz.questions.size())));
  return right;
}

}  // namespace corokit::moulinette
