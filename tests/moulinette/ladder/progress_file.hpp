#pragma once
#include "ladder/standing.hpp"
#include "ladder/state_folder.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace corokit::moulinette {

/// Remembers what a student has reached: progress.json in a folder.
///
/// Whoever reads it sees it whole, since a change is written beside it and renamed. Changes of several processes come one
/// after the other, by a lock. A file that makes no sense is kept beside the new one. Where nothing can be
/// remembered, everything else works.
class ProgressFile {
 public:
  explicit ProgressFile(std::filesystem::path folder = state_folder()) : folder_(std::move(folder)) {}

  /// Returns: what is remembered; nothing if that cannot be read.
  Standings read() const;

  /// Changes what is remembered of one exercise.
  ///
  /// Returns: a sentence on what went wrong; empty if nothing did.
  std::string change(const std::string& exercise, const std::function<void(Standing&)>& change) const;

 private:
  std::filesystem::path folder_;  // empty: there is none
};

}  // namespace corokit::moulinette
