#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

/// Writes the events of a class to a file, one JSON object a line, and shows on one line of the terminal how far it is and
/// how long it will take. The destructor removes that line.
///
/// Thread-safety: one thread at a time.
class ClassProgress {
 public:
  /// Appends to `file`. Shows nothing unless `shown`. After `total` files, `mistakes` wrong solutions of the kit are played.
  ///
  /// Throws: Error if the file cannot be written; so does take().
  ClassProgress(std::filesystem::path file, bool shown, std::size_t total, std::size_t mistakes = 0);
  ClassProgress(const ClassProgress&) = delete;
  ClassProgress& operator=(const ClassProgress&) = delete;
  ~ClassProgress();

  /// Writes an event with the time. Those with a file, "comparing" and "compared" are shown.
  void take(const nlohmann::ordered_json& event);

  /// Returns: the line that is shown of an event, so long after the beginning; empty if none is.
  std::string line_on(const nlohmann::ordered_json& event, std::chrono::milliseconds passed) const;

  std::size_t graded() const noexcept { return graded_; }
  std::size_t known() const noexcept { return known_; }
  std::size_t failed() const noexcept { return failed_; }

  /// Returns: how long the rest takes, by how long each file has taken that was not known: "1:12 left"; empty if nothing
  ///   tells.
  static std::string time_left(std::chrono::milliseconds passed, std::size_t graded, std::size_t left);

 private:
  using Clock = std::chrono::steady_clock;

  std::filesystem::path file_;
  std::ofstream output_;
  bool shown_;
  std::size_t total_, mistakes_, compared_ = 0, graded_ = 0, known_ = 0, failed_ = 0;
  Clock::time_point begin_ = Clock::now();
};

}  // namespace corokit::moulinette
