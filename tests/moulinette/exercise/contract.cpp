#include "exercise/contract.hpp"

#include "error.hpp"
#include "exercise/contract_parts.hpp"
#include "exercise/translation.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

/// Returns: the line that an error of the JSON library names; 1 if it names none.
int line_in(const std::string& message) {
  constexpr std::string_view kAt = "at line ";
  const std::size_t at = message.find(kAt);
  int line = 1;
  if (at != std::string::npos)
    std::from_chars(message.data() + at + kAt.size(), message.data() + message.size(), line);
  return line;
}

/// Reads a document and checks it against its schema. Returns: nothing if it has faults, which are added.
std::optional<JsonFile> read_sound(const fs::path& file, const std::string& name, const std::string& exercise,
                                   std::vector<Fault>& faults) {
  try {
    JsonFile document = read_json_file(file);
    const std::vector<Complaint> found =
        name == "spec.json" ? spec_complaints(document.json) : complaints(document.json, schema_of(name));
    for (const Complaint& complaint : found)
      faults.push_back({exercise, file, document.lines.line(complaint.place), complaint.sentence});
    if (found.empty()) return document;
  } catch (const Error& error) {
    std::string message = error.what();
    const std::string prefix = file.string() + ": ";
    if (message.starts_with(prefix)) message.erase(0, prefix.size());
    if (message.starts_with("[json.exception.")) message.erase(0, message.find("] ") + 2);
    faults.push_back({exercise, file, line_in(message), message});
  }
  return {};
}

/// The two languages ask the same: as many questions, each with as many choices and the same answer.
void check_quiz(const fs::path& folder, const std::string& exercise, std::vector<Fault>& faults) {
  const fs::path english = folder / "quiz.json";
  const fs::path french = folder / "quiz.fr.json";
  if (!fs::exists(english) && !fs::exists(french)) return;
  for (const auto& [here, there] : {std::pair(english, french), std::pair(french, english)}) {
    if (fs::exists(here)) continue;
    faults.push_back({exercise, there, 0,
                      fmt::format("{} is missing: a quiz has both languages", here.filename().string())});
    return;
  }
  const auto one = read_sound(english, "quiz.json", exercise, faults);
  const auto other = read_sound(french, "quiz.json", exercise, faults);
  if (!one || !other) return;
  const Json& questions = one->json.at("questions");
  const Json& same = other->json.at("questions");
  if (questions.size() != same.size()) {
    faults.push_back(
        {exercise, french, 0,
         fmt::format("it has {} questions, and quiz.json has {}", same.size(), questions.size())});
    return;
  }
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (questions[i].at("choices").size() == same[i].at("choices").size() &&
        questions[i].at("answer") == same[i].at("answer"))
      continue;
    faults.push_back(
        {exercise, french, other->lines.line({"questions", std::to_string(i)}),
         fmt::format("\"questions[{}]\" has other choices or another answer than in quiz.json", i)});
  }
}

/// What students read of spec.json has both languages.
void check_translation(const JsonFile& spec, const std::string& exercise, std::vector<Fault>& faults) {
  const fs::path french = spec.file.parent_path() / "spec.fr.json";
  if (!fs::exists(french)) {
    faults.push_back(
        {exercise, french, 0, "spec.fr.json is missing: what students read of spec.json, in French"});
    return;
  }
  const auto texts = read_sound(french, "spec.fr.json", exercise, faults);
  if (!texts) return;
  for (const Complaint& complaint : translation_complaints(spec.json, texts->json))
    faults.push_back({exercise, french, texts->lines.line(complaint.place), complaint.sentence});
}

void check_languages(const JsonFile& file, const std::string& exercise, std::vector<Fault>& faults) {
  const fs::path folder = file.file.parent_path();
  const std::string subject = file.json.at("subject");
  for (const std::string& name : {subject, french_name(subject)}) {
    if (fs::is_regular_file(folder / name)) continue;
    faults.push_back({exercise, file.file, file.lines.line({"subject"}),
                      fmt::format("\"subject\": there is no {}: a subject has both languages", name)});
  }
  const std::string to_fill_in = file.json.at("file");
  if (!fs::is_regular_file(folder / to_fill_in))
    faults.push_back({exercise, file.file, file.lines.line({"file"}),
                      fmt::format("\"file\": there is no {} to fill in", to_fill_in)});
}

std::vector<Fault> all_faults(const fs::path& root, const std::string& exercise) {
  const fs::path folder = root / "exercises" / exercise;
  std::vector<Fault> faults;
  auto file = read_sound(folder / "spec.json", "spec.json", exercise, faults);
  check_quiz(folder, exercise, faults);
  const fs::path notes = root / "mutants" / exercise / "mutation.json";
  if (fs::exists(notes)) read_sound(notes, "mutation.json", exercise, faults);
  if (!file) return faults;
  check_languages(*file, exercise, faults);
  check_translation(*file, exercise, faults);
  ContractCheck check(root, exercise, *std::move(file));
  check.prerequisites();
  check.prototype();
  check.norm();
  check.fuzzing();
  check.tests();
  check.roster();
  std::vector<Fault> more = check.take_faults();
  faults.insert(faults.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return faults;
}

}  // namespace

std::vector<std::string> exercises_of(const fs::path& root) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root / "exercises", failed))
    if (fs::exists(entry.path() / "spec.json")) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

std::vector<Fault> check_contract(const fs::path& root, const std::string& exercise) {
  std::vector<Fault> faults = all_faults(root, exercise);
  std::ranges::stable_sort(faults, [](const Fault& one, const Fault& other) {
    return std::pair(one.file, one.line) < std::pair(other.file, other.line);
  });
  return faults;
}

}  // namespace corokit::moulinette
