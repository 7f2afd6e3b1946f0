#pragma once
#include "output/language.hpp"
#include "output/style.hpp"

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One question, with one right choice.
struct Question {
  std::string text;  // lines that are indented are code
  std::vector<std::string> choices;
  std::size_t answer = 0;  // the index of the right choice
  std::string explanation;
};

/// The questions of an exercise, as quiz.json or quiz.fr.json has them.
struct Quiz {
  std::string exercise;
  Language language = Language::english;
  std::vector<Question> questions;
};

/// Reads the quiz of an exercise and checks it against exercises/quiz.schema.json.
///
/// Throws: Error, which names the file and the key.
Quiz load_quiz(const std::filesystem::path& file, std::string exercise,
               Language language = Language::english);
Quiz parse_quiz(const nlohmann::json& json, std::string exercise, Language language = Language::english);

nlohmann::ordered_json to_json(const Quiz& quiz);

/// Asks one question after the other. An answer is a line with the letter of a choice. Any other line is refused and
/// the question is asked again; "q" and the end of the input end the quiz. `echo` prints the answers too, which makes
/// the output complete if the answers come from a file. What stands around the questions is in their language.
///
/// Returns: the number of right answers.
std::size_t ask(const Quiz& quiz, std::istream& answers, std::ostream& out, const Style& style, bool echo);

}  // namespace corokit::moulinette
