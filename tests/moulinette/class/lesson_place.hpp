#pragma once
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// A place in a lesson or a subject.
struct LessonPlace {
  std::string section;  // its heading; empty if there is none that fits
  std::string text;     // the paragraph, the item or the row, without the marks of Markdown
};

/// Finds the place in a Markdown text that speaks of the same things as `about`: the one that has most of its words,
/// where rare words count more. Code is not looked at.
///
/// Returns: an empty place if no place has several of its words.
LessonPlace find_in_lesson(std::string_view lesson, std::string_view about);

}  // namespace corokit::moulinette
