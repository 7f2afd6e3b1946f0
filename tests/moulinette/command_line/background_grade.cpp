#include "command_line/background_grade.hpp"

#include "command_line/command_parts.hpp"
#include "verdict/candidate.hpp"
#include "verdict/nearest.hpp"

#include <sys/eventfd.h>
#include <cstdint>
#include <exception>

namespace corokit::moulinette {

BackgroundGrade::BackgroundGrade(const Exercise& exercise, const OutputOptions& output)
    : over_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this, exercise, output] { run(exercise, output); }) {}

BackgroundGrade::~BackgroundGrade() {
  stop();
  wait();
}

void BackgroundGrade::wait() {
  if (thread_.joinable()) thread_.join();
}

void BackgroundGrade::run(const Exercise& exercise, const OutputOptions& output) {
  try {
    session_.emplace(exercise, output, stop_);
    session_->select({});
    const std::filesystem::path source = submission(*session_, {});
    graded_ = grade(*session_, source);
    if (session_->spec.is_rung && !stop_.requested()) graded_.nearest = nearest_mutant(*session_, graded_);
  } catch (const std::exception& error) {
    problem_ = error.what();
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(over_.get(), &one, sizeof one);
}

}  // namespace corokit::moulinette
