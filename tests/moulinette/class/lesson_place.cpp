#include "class/lesson_place.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace corokit::moulinette {
namespace {

using Text = std::string_view;
using Words = std::set<std::string>;

constexpr std::size_t kLongWord = 6;    // letters of a word that count: "permits" is "permit"
constexpr std::size_t kLeastWords = 3;  // that both have

struct Block {
  std::string section;
  std::string text;
  Words words;
};

Words words_of(Text text) {
  Words words;
  std::string word;
  for (const char c : std::string(text) + ' ') {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      continue;
    }
    if (word.size() > 3) words.insert(word.substr(0, kLongWord));
    word.clear();
  }
  return words;
}

bool begins_item(Text line) {
  if (line.starts_with("- ") || line.starts_with("| ")) return true;
  const std::size_t dot = line.find_first_not_of("0123456789");
  return dot != Text::npos && dot > 0 && line.substr(dot).starts_with(". ");
}

/// Returns: a line as it is read: no marks of emphasis, a row of a table as a sentence.
std::string without_marks(Text line) {
  if (begins_item(line)) line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
  std::string text;
  for (const char c : line) {
    if (c == '*' || c == '`') continue;
    text += c == '|' ? ':' : c;
  }
  while (!text.empty() && (text.back() == ':' || text.back() == ' ')) text.pop_back();
  return text;
}

/// Returns: the paragraphs, items and rows of a text.
std::vector<Block> blocks_of(Text text) {
  std::vector<Block> blocks;
  std::string section;
  bool is_open = false;
  bool is_code = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Text line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("```")) is_code = !is_code;
    if (line.starts_with('#')) section = line.substr(std::min(line.find_first_not_of("# "), line.size()));
    if (is_code || line.empty() || line.starts_with('#') || line.starts_with("```") ||
        line.starts_with("|--") || line.starts_with("    ") || line.starts_with('<')) {
      is_open = false;
      continue;
    }
    if (!is_open || begins_item(line)) blocks.push_back({section, "", {}});
    is_open = true;
    std::string& block = blocks.back().text;
    block += (block.empty() ? "" : " ") + without_marks(line);
  }
  for (Block& block : blocks) block.words = words_of(block.text);
  return blocks;
}

}  // namespace

LessonPlace find_in_lesson(Text lesson, Text about) {
  const std::vector<Block> blocks = blocks_of(lesson);
  std::map<std::string, double> rarity;
  for (const Block& block : blocks)
    for (const std::string& word : block.words) rarity[word] += 1;
  for (auto& [word, count] : rarity) count = std::log(1 + static_cast<double>(blocks.size()) / count);

  const Words wanted = words_of(about);
  const Block* best = nullptr;
  double most = 0;
  for (const Block& block : blocks) {
    double common = 0;
    double own = 0;
    std::size_t number = 0;
    for (const std::string& word : block.words) {
      own += rarity[word];
      if (!wanted.contains(word)) continue;
      common += rarity[word];
      ++number;
    }
    const double fits = common / std::sqrt(own + 1);  // a long paragraph has some of every word
    if (number < kLeastWords || fits <= most) continue;
    most = fits;
    best = &block;
  }
  return best ? LessonPlace{best->section, best->text} : LessonPlace{};
}

}  // namespace corokit::moulinette
