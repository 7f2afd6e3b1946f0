#include "class/similarity.hpp"

#include "class/token_prints.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace corokit::moulinette {
namespace {

using Hashes = std::unordered_set<std::uint64_t>;

constexpr std::size_t kGap = 12;           // tokens between two tiles that a reader takes for one passage
constexpr double kWorthAComparison = 0.2;  // of the fingerprints of the shorter text, that both have

/// The texts of a class, prepared to be compared.
class Comparison {
 public:
  Comparison(const std::vector<ComparedFile>& hand_ins, const std::vector<std::string>& given,
             const SimilarityRules& rules)
      : hand_ins_(hand_ins), rules_(rules) {
    for (const std::string& text : given) {
      const std::vector<CodeToken> tokens = code_tokens(text, rules.most_tokens);
      for (const std::uint64_t hash : gram_hashes(tokens, rules.gram)) given_.insert(hash);
      given_texts_.insert(kinds_of(tokens));
    }
  }

  Similarity result(const std::vector<NamedSource>& known) {
    Similarity found;
    read();
    find_common();
    found.shared = shared_percent();
    for (Print& print : prints_) find_own(print, {&given_});
    found.unwritten = unwritten();
    found.known = known_copies(known);
    for (Print& print : prints_) find_own(print, {&given_, &common_});
    for (std::size_t i = 0; i < same_.size(); ++i) {
      const Hands& same = same_[i];
      if (same.size() > 1 && prints_[i].own_tokens >= rules_.own_least && strangers(same, same))
        found.same.push_back(same);
    }
    found.pairs = pairs();
    return found;
  }

 private:
  using Hands = std::vector<std::size_t>;  // hand-ins, by their places

  static std::vector<std::uint32_t> kinds_of(const std::vector<CodeToken>& tokens) {
    std::vector<std::uint32_t> kinds;
    for (const CodeToken& token : tokens) kinds.push_back(token.kind);
    return kinds;
  }
  void read();
  Hands unwritten() const;
  void find_common();
  std::size_t shared_percent() const;
  void find_own(Print& print, std::initializer_list<const Hashes*> of_others) const;
  std::vector<SimilarPair> pairs() const;
  std::vector<KnownCopy> known_copies(const std::vector<NamedSource>& known) const;

  Print print_of(const std::string& source) const;
  Likeness likeness(const Print& one, const Print& other) const;
  bool is_similar(const Print& one, const Print& other, const Likeness& likeness) const noexcept;
  std::unordered_map<std::uint64_t, Hands> holders() const;
  std::optional<std::pair<std::size_t, std::size_t>> strangers(const Hands& some, const Hands& others) const;

  const std::vector<ComparedFile>& hand_ins_;
  const SimilarityRules rules_;
  Hashes given_;
  std::set<std::vector<std::uint32_t>> given_texts_;  // as wholes
  Hashes common_;
  std::vector<Hands> same_;    // hand-ins that have the same tokens
  std::vector<Print> prints_;  // of the first of each of these
};

Print Comparison::print_of(const std::string& source) const {
  Print print;
  print.tokens = code_tokens(source, rules_.most_tokens);
  print.grams = gram_hashes(print.tokens, rules_.gram);
  return print;
}

void Comparison::read() {
  std::map<std::vector<std::uint32_t>, std::size_t> places;
  for (std::size_t i = 0; i < hand_ins_.size(); ++i) {
    Print print = print_of(hand_ins_[i].source);
    const auto [place, is_new] = places.try_emplace(kinds_of(print.tokens), same_.size());
    if (is_new) {
      same_.emplace_back();
      prints_.push_back(std::move(print));
    }
    same_[place->second].push_back(i);
  }
}

/// A short text has no row of tokens that is long enough to be looked up, so it is compared as a whole.
std::vector<std::size_t> Comparison::unwritten() const {
  Hands found;
  for (std::size_t i = 0; i < prints_.size(); ++i)
    if (prints_[i].own_tokens == 0 || given_texts_.contains(kinds_of(prints_[i].tokens)))
      found.insert(found.end(), same_[i].begin(), same_[i].end());
  return found;
}

/// What a large part of the class has is nobody's own.
void Comparison::find_common() {
  std::unordered_map<std::uint64_t, std::size_t> counts;
  for (const Print& print : prints_) {
    for (const std::uint64_t hash : Hashes(print.grams.begin(), print.grams.end())) ++counts[hash];
  }
  const double part = static_cast<double>(prints_.size()) * rules_.common;
  for (const auto& [hash, count] : counts) {
    if (static_cast<double>(count) > part && count >= rules_.common_least) common_.insert(hash);
  }
}

std::size_t Comparison::shared_percent() const {
  std::size_t all = 0;
  std::size_t shared = 0;
  for (const Print& print : prints_) {
    for (const std::uint64_t hash : print.grams) {
      if (given_.contains(hash)) continue;
      ++all;
      shared += common_.count(hash);
    }
  }
  return all == 0 ? 0 : shared * 100 / all;
}

/// Marks what is in none of these, and chooses the fingerprints.
void Comparison::find_own(Print& print, std::initializer_list<const Hashes*> of_others) const {
  const auto is_others = [&of_others](std::uint64_t hash) {
    return std::ranges::any_of(of_others, [hash](const Hashes* hashes) { return hashes->contains(hash); });
  };
  print.own.assign(print.tokens.size(), true);
  for (std::size_t i = 0; i < print.grams.size(); ++i) {
    if (is_others(print.grams[i]))
      std::fill_n(print.own.begin() + static_cast<std::ptrdiff_t>(i), rules_.gram, false);
  }
  print.own_tokens = static_cast<std::size_t>(std::ranges::count(print.own, true));
  print.fingerprints = winnow(print.grams, rules_.window);
  std::erase_if(print.fingerprints, [&](const Fingerprint& chosen) { return is_others(chosen.hash); });
  std::ranges::stable_sort(print.fingerprints, {}, &Fingerprint::hash);
}

Likeness Comparison::likeness(const Print& one, const Print& other) const {
  Likeness found;
  std::size_t of_one = 0;
  std::size_t of_other = 0;
  Tile last;
  for (const Tile& tile : tiles(one, other, rules_.gram)) {
    for (std::size_t i = 0; i < tile.length; ++i) {
      of_one += one.own[tile.one + i] ? 1 : 0;
      of_other += other.own[tile.other + i] ? 1 : 0;
    }
    const Passage passage{{one.tokens[tile.one].line, one.tokens[tile.one + tile.length - 1].line},
                          {other.tokens[tile.other].line, other.tokens[tile.other + tile.length - 1].line},
                          tile.length};
    const bool goes_on = last.length > 0 && tile.one - (last.one + last.length) <= kGap &&
                         tile.other >= last.other + last.length &&
                         tile.other - (last.other + last.length) <= kGap;
    if (goes_on) {
      found.passages.back().one.last = passage.one.last;
      found.passages.back().other.last = passage.other.last;
      found.passages.back().tokens += passage.tokens;
    } else {
      found.passages.push_back(passage);
    }
    last = tile;
  }
  const auto part = [](std::size_t some, std::size_t all) {
    return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
  };
  found.of_one = part(of_one, one.own_tokens);
  found.of_other = part(of_other, other.own_tokens);
  return found;
}

bool Comparison::is_similar(const Print& one, const Print& other, const Likeness& likeness) const noexcept {
  return one.own_tokens >= rules_.own_least && other.own_tokens >= rules_.own_least &&
         likeness.score() >= rules_.score;
}

/// Returns: for each fingerprint the texts that have it, once each and in order.
std::unordered_map<std::uint64_t, std::vector<std::size_t>> Comparison::holders() const {
  std::unordered_map<std::uint64_t, Hands> found;
  for (std::size_t i = 0; i < prints_.size(); ++i) {
    for (const Fingerprint& print : prints_[i].fingerprints) {
      Hands& texts = found[print.hash];
      if (texts.empty() || texts.back() != i) texts.push_back(i);
    }
  }
  return found;
}

/// Returns: the first two hand-ins that have not worked together.
std::optional<std::pair<std::size_t, std::size_t>> Comparison::strangers(const Hands& some,
                                                                         const Hands& others) const {
  for (const std::size_t i : some) {
    for (const std::size_t j : others) {
      if (i != j && !have_worked_together(hand_ins_[i], hand_ins_[j])) return std::minmax(i, j);
    }
  }
  return {};
}

std::vector<SimilarPair> Comparison::pairs() const {
  std::vector<SimilarPair> found;
  const auto of_fingerprint = holders();
  for (std::size_t i = 0; i < prints_.size(); ++i) {
    std::vector<std::size_t> shared(prints_.size());
    std::uint64_t before = 0;
    for (const Fingerprint& print : prints_[i].fingerprints) {
      if (std::exchange(before, print.hash) == print.hash) continue;  // they are sorted
      const Hands& texts = of_fingerprint.at(print.hash);
      for (auto j = std::ranges::upper_bound(texts, i); j != texts.end(); ++j) ++shared[*j];
    }
    for (std::size_t j = i + 1; j < prints_.size(); ++j) {
      const std::size_t shorter = std::min(prints_[i].fingerprints.size(), prints_[j].fingerprints.size());
      if (static_cast<double>(shared[j]) < kWorthAComparison * static_cast<double>(shorter)) continue;
      const auto pair = strangers(same_[i], same_[j]);
      if (!pair) continue;
      const bool in_order = std::ranges::find(same_[i], pair->first) != same_[i].end();
      const Print& one = prints_[in_order ? i : j];
      const Print& other = prints_[in_order ? j : i];
      Likeness how = likeness(one, other);
      if (is_similar(one, other, how)) found.push_back({pair->first, pair->second, std::move(how)});
    }
  }
  std::ranges::stable_sort(found, std::ranges::greater(),
                           [](const SimilarPair& pair) { return pair.likeness.score(); });
  return found;
}

std::vector<KnownCopy> Comparison::known_copies(const std::vector<NamedSource>& known) const {
  std::vector<Print> solutions;
  for (const NamedSource& solution : known)
    find_own(solutions.emplace_back(print_of(solution.source)), {&given_});
  std::vector<KnownCopy> found;
  for (std::size_t i = 0; i < prints_.size(); ++i) {
    KnownCopy best;
    for (std::size_t j = 0; j < solutions.size(); ++j) {
      Likeness how = likeness(prints_[i], solutions[j]);
      if (is_similar(prints_[i], solutions[j], how) && how.score() > best.likeness.score())
        best = {0, known[j].name, std::move(how)};
    }
    if (best.known.empty()) continue;
    for (const std::size_t hand_in : same_[i]) {
      best.hand_in = hand_in;
      found.push_back(best);
    }
  }
  std::ranges::stable_sort(found, {}, &KnownCopy::hand_in);
  return found;
}

}  // namespace

bool have_worked_together(const ComparedFile& one, const ComparedFile& other) {
  return (!one.group.empty() && one.group == other.group) || (!one.place.empty() && one.place == other.place);
}

Similarity find_similar(const std::vector<ComparedFile>& hand_ins, const std::vector<std::string>& given,
                        const std::vector<NamedSource>& known, const SimilarityRules& rules) {
  return Comparison(hand_ins, given, rules).result(known);
}

}  // namespace corokit::moulinette
