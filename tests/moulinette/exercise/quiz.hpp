#pragma once
#include "report/style.hpp"

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
  std::size_t answer = 0;  // the place of the right one, from 0
  std::string explanation;
};

/// The questions of an exercise, as quiz.json has them.
struct Quiz {
  std::string exercise;
  std::vector<Question> questions;
};

/// Reads and checks a quiz: whatever is amiss throws Error, naming file and key.
Quiz load_quiz(const std::filesystem::path& file);
Quiz parse_quiz(const nlohmann::json& json);

nlohmann::ordered_json to_json(const Quiz& quiz);

/// Asks one question after the other. An answer is a line with the letter of a choice; what is none is asked for
/// again; the end of the input, or "q", ends the quiz.
/// `echo` repeats the answers, for a record of a quiz whose answers come from a file.
/// Returns: how many answers were right.
std::size_t ask(const Quiz& quiz, std::istream& answers, std::ostream& out, const Style& style, bool echo);

}  // namespace corokit::moulinette
