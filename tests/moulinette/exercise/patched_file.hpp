#pragma once
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// What a patch changes: the NAME of its line `--- a/NAME`.
struct PatchedFile {
  std::string name;  // empty: the patch names none
  int line = 0;      // where it says so

  /// Whether a file of the roster is meant: a patch may leave out folders that it lies in.
  bool is(std::string_view file) const;
};

PatchedFile patched_file(std::string_view patch);

}  // namespace corokit::moulinette
