#pragma once
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <optional>
#include <string>
#include <thread>

namespace corokit::moulinette {

/// Grades the file that the student fills in, on a thread of its own, so that it can be stopped.
class BackgroundGrade {
 public:
  /// Begins.
  BackgroundGrade(const Exercise& exercise, const OutputOptions& output);
  BackgroundGrade(const BackgroundGrade&) = delete;
  BackgroundGrade& operator=(const BackgroundGrade&) = delete;
  /// Stops it, and waits for its end.
  ~BackgroundGrade();

  /// Returns: a descriptor that is readable when it is over.
  int descriptor() const noexcept { return over_.get(); }
  void stop() { stop_.trigger(); }
  /// Waits for its end.
  void wait();

  // What came of it; only after wait().
  /// Returns: why there is no verdict, in a sentence; empty if there is one.
  const std::string& problem() const noexcept { return problem_; }
  const Session& session() const { return *session_; }
  const Graded& graded() const noexcept { return graded_; }

 private:
  void run(const Exercise& exercise, const OutputOptions& output);

  Interrupt stop_{Interrupt::WithoutSignals{}};
  io::Descriptor over_;
  std::optional<Session> session_;
  Graded graded_;
  std::string problem_;
  std::thread thread_;
};

}  // namespace corokit::moulinette
