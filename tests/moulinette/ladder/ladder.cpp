#include "ladder/ladder.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr int kLastOfWaiting = 7;
constexpr int kLastOfMessages = 11;

/// The orchestrators come last, in the order of the kit.
int place_of(const Rung& rung) {
  return rung_number(rung.spec.exercise).value_or(std::numeric_limits<int>::max());
}

fs::path from_here(const fs::path& file) {
  std::error_code failed;
  const fs::path here = fs::proximate(file, failed);
  return failed ? file : here;
}

}  // namespace

std::optional<int> rung_number(std::string_view exercise) noexcept {
  const auto is_digit = [exercise](std::size_t at) {
    return std::isdigit(static_cast<unsigned char>(exercise[at])) != 0;
  };
  if (exercise.size() < 3 || !is_digit(0) || !is_digit(1) || exercise[2] != '_') return {};
  return (exercise[0] - '0') * 10 + (exercise[1] - '0');
}

std::string_view band_of(std::string_view exercise) noexcept {
  const auto number = rung_number(exercise);
  if (!number) return "The orchestrators";
  if (*number <= kLastOfWaiting) return "Waiting";
  return *number <= kLastOfMessages ? "Time and messages" : "Structure and threads";
}

Ladder load_ladder(const std::vector<Exercise>& kit, const Standings& standings) {
  Ladder ladder;
  for (const Exercise& exercise : kit) {
    const auto known = standings.find(exercise.name);
    ladder.rungs.push_back({load_spec(exercise), exercise.spec.parent_path(),
                            known == standings.end() ? Standing() : known->second});
  }
  std::ranges::stable_sort(ladder.rungs, {}, place_of);
  return ladder;
}

int Ladder::xp() const noexcept {
  return std::accumulate(rungs.begin(), rungs.end(), 0, [](int sum, const Rung& rung) {
    return sum + std::min(rung.standing.xp, rung.spec.xp);
  });
}

int Ladder::max_xp() const noexcept {
  return std::accumulate(rungs.begin(), rungs.end(), 0,
                         [](int sum, const Rung& rung) { return sum + rung.spec.xp; });
}

std::size_t Ladder::passed() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(rungs, [](const Rung& rung) { return rung.standing.has_passed(); }));
}

const Rung* Ladder::next() const noexcept {
  const auto found =
      std::ranges::find_if(rungs, [](const Rung& rung) { return !rung.standing.has_passed(); });
  return found == rungs.end() ? nullptr : &*found;
}

const Rung* Ladder::next_after(std::string_view exercise) const noexcept {
  const Rung* before = nullptr;
  bool is_after = false;
  for (const Rung& rung : rungs) {
    if (rung.spec.exercise == exercise) {
      is_after = true;
    } else if (!rung.standing.has_passed()) {
      if (is_after) return &rung;
      if (!before) before = &rung;
    }
  }
  return before;
}

bool Ladder::has_passed(std::string_view exercise) const noexcept {
  return std::ranges::any_of(rungs, [exercise](const Rung& rung) {
    return rung.spec.exercise == exercise && rung.standing.has_passed();
  });
}

fs::path lesson_of(const Rung& rung, Language language) {
  const fs::path english = rung.folder / rung.spec.subject;
  fs::path french = english;
  french.replace_filename(english.stem() == "lesson" ? "lecon.fr.md" : english.stem().string() + ".fr.md");
  return from_here(language == Language::french && fs::exists(french) ? french : english);
}

fs::path file_of(const Rung& rung) {
  return from_here(rung.folder / rung.spec.file);
}

}  // namespace corokit::moulinette
