#include "ladder/ladder.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

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

Ladder load_ladder(const std::vector<Exercise>& kit, const Standings& standings, Language language) {
  Ladder ladder;
  for (const Exercise& exercise : kit) {
    const auto known = standings.find(exercise.name);
    ladder.rungs.push_back({load_spec(exercise, language), exercise.spec.parent_path(),
                            known == standings.end() ? Standing() : known->second});
  }
  std::ranges::stable_sort(ladder.rungs, {}, place_of);
  return ladder;
}

int Ladder::xp() const noexcept {
  return std::accumulate(rungs.begin(), rungs.end(), 0, [](int sum, const Rung& rung) {
    return sum + std::min(rung.standing.xp, rung.spec.max_xp());
  });
}

int Ladder::max_xp() const noexcept {
  return std::accumulate(rungs.begin(), rungs.end(), 0,
                         [](int sum, const Rung& rung) { return sum + rung.spec.max_xp(); });
}

std::size_t Ladder::passed() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(rungs, [](const Rung& rung) { return rung.standing.has_passed(); }));
}

const Rung* Ladder::next() const noexcept {
  return next_after("");
}

const Rung* Ladder::next_after(std::string_view exercise) const noexcept {
  const auto here = std::ranges::find(rungs, exercise,
                                      [](const Rung& rung) { return std::string_view(rung.spec.exercise); });
  std::vector<const Rung*> open;  // first what comes after it, then what is left before it
  for (auto rung = here; rung != rungs.end(); ++rung) open.push_back(&*rung);
  for (auto rung = rungs.begin(); rung != here; ++rung) open.push_back(&*rung);
  std::erase_if(open, [exercise](const Rung* rung) {
    return rung->standing.has_passed() || rung->spec.exercise == exercise;
  });
  const auto ready =
      std::ranges::find_if(open, [this](const Rung* rung) { return missing_for(*rung).empty(); });
  if (ready != open.end()) return *ready;
  return open.empty() ? nullptr : open.front();
}

std::vector<std::string> Ladder::missing_for(const Rung& rung) const {
  std::vector<std::string> missing;
  for (const Rung& other : rungs)
    if (!other.standing.has_passed() && std::ranges::count(rung.spec.prerequisites, other.spec.exercise) > 0)
      missing.push_back(other.spec.exercise);
  return missing;
}

bool Ladder::has_passed(std::string_view exercise) const noexcept {
  return std::ranges::any_of(rungs, [exercise](const Rung& rung) {
    return rung.spec.exercise == exercise && rung.standing.has_passed();
  });
}

fs::path lesson_of(const Rung& rung, Language language) {
  const fs::path english = rung.folder / rung.spec.subject;
  const fs::path french = rung.folder / french_name(rung.spec.subject);
  return from_here(language == Language::french && fs::exists(french) ? french : english);
}

fs::path file_of(const Rung& rung) {
  return from_here(rung.folder / rung.spec.file);
}

}  // namespace corokit::moulinette
