#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Keys and indexes that lead from the top of a JSON document to a part of it: tests, 2, points.
using JsonPlace = std::vector<std::string>;

/// What is wrong with a part of a JSON document, in a sentence that names the part and says what is right there:
///     "tests[2].points" must be a whole number from 1 to 100, not "ten"
///     tests[2] has a key "point": did you mean "points"?
struct Complaint {
  JsonPlace place;
  std::string sentence;
};

/// The lines in which the parts of a JSON document stand.
class JsonLines {
 public:
  JsonLines() = default;
  /// Requires: the text is JSON, in which comments are allowed.
  explicit JsonLines(std::string_view text);

  /// Returns: the line of the part, or of the innermost part around it that is there; that of its key if it has one. 0 of
  ///   a document without a text.
  int line(JsonPlace place) const;

 private:
  std::map<JsonPlace, int> lines_;
};

}  // namespace corokit::moulinette
