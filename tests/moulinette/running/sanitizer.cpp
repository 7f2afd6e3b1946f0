#include "running/sanitizer.hpp"

#include "running/printable.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kSolution = "/solution.cpp:";

/// Returns: the text up to where the first of these begins.
std::string before(std::string_view text, std::initializer_list<std::string_view> ends) {
  for (const std::string_view end : ends) text = text.substr(0, text.find(end));
  return std::string(text);
}

/// Returns: what comes after the first place of `part`; empty if there is none.
std::string_view after(std::string_view text, std::string_view part) {
  const std::size_t at = text.find(part);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + part.size());
}

/// A report consists of stacks, each below a line that says what happened there: "READ of size 4 at 0x1 thread T0".
class Stacks {
 public:
  void read(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (!line.starts_with('#')) {
      what_ = before(line, {" at 0x", " by ", " of 0x", " here", ":"});
      if (what_.starts_with("Thread ")) what_.clear();  // where it began does not matter
    } else if (const std::string_view number = after(line, kSolution); !number.empty() && !what_.empty()) {
      if (!text_.empty()) text_ += "; ";
      text_ += what_ + " in line " + before(number, {":", " "});
      what_.clear();  // the first line of the solution is the one that matters
    }
  }
  /// "READ of size 4 in line 7; freed in line 5"; empty if the solution is in no stack.
  const std::string& text() const { return text_; }

 private:
  std::string what_;
  std::string text_;
};

}  // namespace

std::string sanitizer_finding(const std::string& output) {
  std::istringstream lines(output);
  std::string undefined;
  Stacks stacks;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view summary = after(line, "SUMMARY: ");
    const std::string_view error = after(line, "runtime error: ");
    if (summary.find("Sanitizer: ") != std::string_view::npos && !stacks.text().empty())
      return shortened(before(summary, {" /", " ..", " ("}) + ": " + stacks.text());
    if (summary.find("Sanitizer: ") != std::string_view::npos) return shortened(std::string(summary));
    if (!error.empty() && undefined.empty()) {
      const std::string number = before(after(line, kSolution), {":"});
      undefined = "UndefinedBehaviorSanitizer: " + shortened(std::string(error)) +
                  (number.empty() ? "" : " in line " + number);
    }
    stacks.read(line);
  }
  return undefined;
}

}  // namespace corokit::moulinette
