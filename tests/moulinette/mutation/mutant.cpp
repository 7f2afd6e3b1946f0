#include "mutation/mutant.hpp"

#include "error.hpp"
#include "mutation/operators.hpp"
#include "running/hash.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace corokit::moulinette {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, text[end] == '\n' ? end : end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t") - first + 1);
}

std::string joined(std::span<const std::string_view> lines) {
  std::string all;
  for (const std::string_view line : lines) {
    const std::string_view text = trimmed(line);
    if (!text.empty()) all += (all.empty() ? "" : " ") + std::string(text);
  }
  return all;
}

/// Returns: the source with the edit, on as many lines: what names lines, such as an assert, stays as it is.
std::string apply(const std::string& source, const Edit& edit) {
  const auto begin = source.begin() + static_cast<std::ptrdiff_t>(edit.begin);
  const auto end = source.begin() + static_cast<std::ptrdiff_t>(edit.end);
  const auto lost = std::count(begin, end, '\n') - std::ranges::count(edit.replacement, '\n');
  return std::string(source.begin(), begin) + edit.replacement +
         std::string(static_cast<std::size_t>(std::max<std::ptrdiff_t>(lost, 0)), '\n') +
         std::string(end, source.end());
}

/// Returns: the last line before that says something.
std::string line_before(const Lines& lines, std::size_t first) {
  while (first-- > 0) {
    const std::string_view text = trimmed(lines[first]);
    if (!text.empty() && !text.starts_with("//")) return std::string(text);
  }
  return {};
}

std::string diff_of(const std::string& file, const Lines& right, const Lines& wrong, std::size_t first,
                    std::size_t last) {
  const std::size_t from = first - std::min<std::size_t>(first, 1);
  const std::size_t to = std::min(last + 1, right.size() - 1);
  std::string diff = fmt::format("--- a/{}\n+++ b/{}\n@@ -{},{} +{},{} @@\n", file, file, from + 1,
                                 to - from + 1, from + 1, to - from + 1);
  for (std::size_t i = from; i < first; ++i) diff += fmt::format(" {}\n", right[i]);
  for (std::size_t i = first; i <= last; ++i) diff += fmt::format("-{}\n", right[i]);
  for (std::size_t i = first; i <= last; ++i) diff += fmt::format("+{}\n", wrong[i]);
  for (std::size_t i = last + 1; i <= to; ++i) diff += fmt::format(" {}\n", right[i]);
  return diff;
}

Mutant make_mutant(const std::string& file, const Lines& right, const Operator& kind, std::string source) {
  const Lines wrong = lines_of(source);
  std::size_t first = 0;
  while (right[first] == wrong[first]) ++first;
  std::size_t last = right.size() - 1;
  while (right[last] == wrong[last]) --last;
  const std::size_t count = last - first + 1;
  Mutant mutant{.key = {file, std::string(kind.name), joined(std::span(right).subspan(first, count)),
                        joined(std::span(wrong).subspan(first, count)), line_before(right, first)},
                .sentence = kind.sentence,
                .line = first + 1,
                .source = {},
                .diff = diff_of(file, right, wrong, first, last)};
  mutant.source = std::move(source);
  return mutant;
}

}  // namespace

std::vector<Mutant> make_mutants(const std::string& file, const std::string& source) try {
  const Syntax syntax(source);
  const Lines right = lines_of(source);
  std::vector<Mutant> mutants;
  std::set<std::string> made{source};
  for (const Operator& kind : operators()) {
    Edits edits = edits_of(kind, syntax);
    std::ranges::stable_sort(edits, {}, &Edit::begin);
    for (const Edit& edit : edits) {
      std::string wrong = apply(source, edit);
      if (made.insert(wrong).second) mutants.push_back(make_mutant(file, right, kind, std::move(wrong)));
    }
  }
  return mutants;
} catch (const Error& error) {
  throw broken(fmt::format("{}: {}", file, error.what()));
}

std::vector<Mutant> thinned(std::vector<Mutant> mutants, std::size_t per_line) {
  const auto rank = [](const Mutant& mutant) {
    return hash_of(mutant.key.becomes, hash_of(mutant.key.line, hash_of(mutant.key.kind)));
  };
  std::map<std::size_t, std::vector<std::uint64_t>> ranks;  // of the mutants of each line
  for (const Mutant& mutant : mutants) ranks[mutant.line].push_back(rank(mutant));
  for (auto& [line, of_line] : ranks) {
    std::ranges::sort(of_line);
    of_line.resize(std::min(of_line.size(), per_line));
  }
  std::erase_if(mutants, [&](const Mutant& mutant) {
    return std::ranges::find(ranks[mutant.line], rank(mutant)) == ranks[mutant.line].end();
  });
  return mutants;
}

}  // namespace corokit::moulinette
