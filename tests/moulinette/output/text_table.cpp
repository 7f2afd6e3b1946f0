#include "output/text_table.hpp"

#include "output/system_messages.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kValue = "{}";

/// Returns: what stands before, between and behind the values of a text.
std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; (at = text.find(kValue)) != std::string_view::npos;) {
    pieces.push_back(text.substr(0, at));
    text.remove_prefix(at + kValue.size());
  }
  pieces.push_back(text);
  return pieces;
}

/// Returns: the values with which a text makes the sentence; none if it cannot.
std::optional<std::vector<std::string_view>> values_in(std::string_view sentence, std::string_view text) {
  const std::vector<std::string_view> pieces = pieces_of(text);
  const std::string_view last = pieces.back();
  if (!sentence.starts_with(pieces.front())) return {};
  sentence.remove_prefix(pieces.front().size());
  std::vector<std::string_view> values;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const bool is_last = i + 1 == pieces.size();
    if (is_last && !sentence.ends_with(last)) return {};
    const std::size_t end = is_last ? sentence.size() - last.size() : sentence.find(pieces[i]);
    if (end == std::string_view::npos) return {};
    values.push_back(sentence.substr(0, end));
    sentence.remove_prefix(end + pieces[i].size());
  }
  if (!sentence.empty()) return {};
  return values;
}

std::string filled(std::string_view text, const std::vector<std::string>& values) {
  const std::vector<std::string_view> pieces = pieces_of(text);
  std::string sentence(pieces.front());
  for (std::size_t i = 0; i < values.size(); ++i) sentence.append(values[i]).append(pieces[i + 1]);
  return sentence;
}

}  // namespace

std::string said_in_french(std::span<const TextPair> table, std::string_view english) {
  const auto* const of_system = std::ranges::find(kSystemMessages, english, &TextPair::first);
  if (of_system != kSystemMessages.end()) return std::string(of_system->second);
  const TextPair* found = nullptr;
  std::vector<std::string_view> of_found;
  for (const TextPair& known : table) {
    auto values = values_in(english, known.first);
    // Of two texts that make it, the one is meant that says more of it itself.
    if (!values || (found && known.first.size() - kValue.size() * values->size() <=
                                 found->first.size() - kValue.size() * of_found.size()))
      continue;
    found = &known;
    of_found = *std::move(values);
  }
  if (!found) return std::string(english);
  std::vector<std::string> in_french;
  for (const std::string_view value : of_found) in_french.push_back(said_in_french(table, value));
  return filled(found->second, in_french);
}

}  // namespace corokit::moulinette
