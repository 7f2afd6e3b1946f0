#pragma once
#include "exercise/spec.hpp"
#include "ladder/standing.hpp"
#include "output/language.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// An exercise on the student's way: a rung, or one of the orchestrators at its end.
struct Rung {
  Spec spec;
  std::filesystem::path folder;
  Standing standing;
};

/// The exercises of a kit in the order in which they are taken, and how far the student is.
struct Ladder {
  std::vector<Rung> rungs;

  int xp() const noexcept;
  int max_xp() const noexcept;
  std::size_t passed() const noexcept;
  /// Returns: the first that is not passed; null if there is none.
  const Rung* next() const noexcept;
  /// Returns: the first after this one that is not passed, or before it if all after it are; null if there is none.
  const Rung* next_after(std::string_view exercise) const noexcept;
  bool has_passed(std::string_view exercise) const noexcept;
};

Ladder load_ladder(const std::vector<Exercise>& kit, const Standings& standings);

/// Returns: the number of a rung, which its name begins with, as in 05_notify; nothing if it is the name of none.
std::optional<int> rung_number(std::string_view exercise) noexcept;

/// Returns: the part of the ladder in which the exercise stands, as a title.
std::string_view band_of(std::string_view exercise) noexcept;

/// Returns: the path of the lesson or subject in that language, in English where there is no other; relative to the
///   current folder.
std::filesystem::path lesson_of(const Rung& rung, Language language);
/// Returns: the path of the file to fill in, relative to the current folder.
std::filesystem::path file_of(const Rung& rung);

}  // namespace corokit::moulinette
