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
  /// Returns: the first that is not passed, and whose prerequisites are; null if all are passed.
  const Rung* next() const noexcept;
  /// Returns: the same of those after this one, or before it if there is none after it.
  const Rung* next_after(std::string_view exercise) const noexcept;
  /// Returns: the prerequisites of a rung that are not passed. One that is not in the kit, as a rung of the explorer on a
  ///   machine where it does not work, counts as passed.
  std::vector<std::string> missing_for(const Rung& rung) const;
  bool has_passed(std::string_view exercise) const noexcept;
};

/// `language`: that of its texts.
Ladder load_ladder(const std::vector<Exercise>& kit, const Standings& standings,
                   Language language = Language::english);

/// Returns: the number of a rung, which its name begins with, as in 05_notify; nothing if it is the name of none.
std::optional<int> rung_number(std::string_view exercise) noexcept;

/// Returns: the path of the lesson or subject in that language, in English where there is no other; relative to the
///   current folder.
std::filesystem::path lesson_of(const Rung& rung, Language language);
/// Returns: the path of the file to fill in, relative to the current folder.
std::filesystem::path file_of(const Rung& rung);

}  // namespace corokit::moulinette
