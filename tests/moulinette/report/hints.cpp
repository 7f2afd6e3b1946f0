#include "report/hints.hpp"

#include "ladder/state_folder.hpp"
#include "output/terminal_words.hpp"
#include "whole_file.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

/// How many hints of each test have been shown. It is no loss if they cannot be written.
class Shown {
 public:
  Shown() : file_(path()) {
    counts_ = Json::parse(read_if_possible(file_).value_or(""), nullptr, false);
    if (!counts_.is_object()) counts_ = Json::object();
  }

  std::size_t of(const std::string& test) const {
    const auto found = counts_.find(test);
    return found != counts_.end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
  }

  void remember(const std::string& test, std::size_t count) {
    if (file_.empty()) return;
    counts_[test] = count;
    std::error_code failed;
    fs::create_directories(file_.parent_path(), failed);
    static_cast<void>(write_if_possible(file_, counts_.dump(1) + "\n"));
  }

 private:
  static fs::path path() {
    const fs::path folder = state_folder();
    return folder.empty() ? folder : folder / "hints.json";
  }

  fs::path file_;
  Json counts_ = Json::object();
};

/// The trap of the part that broke, then what helps with the test as a whole.
std::vector<std::string> hints_for(const TestResult& result, const Spec& spec) {
  const TestSpec& test = *spec.find(result.test.name);
  std::vector<std::string> hints = test.hints;
  if (const PartSpec* part = test.find_part(result.run.part))
    hints.insert(hints.begin(), TerminalWords(spec.language)("the trap: {}", part->trap));
  return hints;
}

}  // namespace

const TestResult* first_broken(const Graded& graded) {
  const auto found = std::ranges::find_if(graded.tests, [](const TestResult& result) {
    return result.run.outcome != Outcome::passed && result.run.outcome != Outcome::interrupted;
  });
  return found == graded.tests.end() ? nullptr : &*found;
}

std::optional<Hint> take_hint(const Graded& graded, const Spec& spec, std::optional<std::size_t> asked) {
  const TestResult* broken = first_broken(graded);
  const bool has_run = graded.verdict != Verdict::did_not_compile && graded.verdict != Verdict::refused;
  if (!broken || !has_run) return std::nullopt;
  const std::vector<std::string> hints = hints_for(*broken, spec);
  const std::string test = graded.exercise + "/" + std::string(broken->broken_part());
  Shown shown;
  const std::size_t number = std::clamp(asked.value_or(shown.of(test) + 1), std::size_t{1}, hints.size());
  const bool is_new = number > shown.of(test);
  shown.remember(test, number);
  return Hint{hints[number - 1], number, hints.size(), is_new};
}

}  // namespace corokit::moulinette
