#include "running/outcome_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace corokit::moulinette {
namespace {

struct Entry {
  std::string_view word, english, french;
};

// The words of Outcome and of Verdict, and those that only a class has.
constexpr std::array<Entry, 11> kWords{{
    {"passed", "passed", "réussi"},
    {"failed", "failed", "échoué"},
    {"crashed", "crashed", "plantage"},
    {"hung", "hung", "blocage"},
    {"exited_early", "exited early", "fin prématurée"},
    {"did_not_compile", "did not compile", "ne compile pas"},
    {"refused", "refused", "refusé"},
    {"interrupted", "interrupted", "interrompu"},
    {"unusable", "unusable", "inutilisable"},
    {"missing", "missing", "manquant"},
    {"not_graded", "not graded", "non corrigé"},
}};

}  // namespace

std::string outcome_in(Language language, const std::string& word) {
  const auto* const found = std::ranges::find(kWords, word, &Entry::word);
  if (found == kWords.end()) return word;
  return std::string(language == Language::french ? found->french : found->english);
}

}  // namespace corokit::moulinette
