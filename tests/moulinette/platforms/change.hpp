#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// A place in a text: line and column from 1, the column in UTF-16 units, as JavaScript counts.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;

  bool operator==(const Position&) const = default;
};

/// What a patch does to a text: from `start` to before `end` it becomes `replacement`.
struct Change {
  Position start, end;
  std::string replacement;
};

/// Returns: what a patch in the form of `diff -u` makes of a text, as one change of whole lines without the indentation;
///   none if the patch is not one of this text.
std::optional<Change> change_of(std::string_view source, std::string_view patch);

/// Returns: the place after the last character of a text.
Position end_of(std::string_view source);

}  // namespace corokit::moulinette
