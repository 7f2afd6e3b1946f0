#pragma once
#include "sandbox/box.hpp"
#include "sandbox/places.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Returns: the levels that this machine offers, from `least` on.
inline std::vector<SandboxLevel> offered_levels(SandboxLevel least) {
  std::vector<SandboxLevel> levels;
  for (const SandboxLevel level : {SandboxLevel::filtered, SandboxLevel::isolated, SandboxLevel::full})
    if (level >= least && level <= sandbox().level) levels.push_back(level);
  return levels;
}

/// Returns: those at which the kernel counts the processes of a box: not those of root, nor those of a user that are
///   outside of the box as well.
inline std::vector<SandboxLevel> counted_levels() {
  std::vector<SandboxLevel> levels = offered_levels(SandboxLevel::filtered);
  std::erase(levels, geteuid() == 0 ? SandboxLevel::isolated : SandboxLevel::filtered);
  return levels;
}

/// Tests in a box of each level.
class BoxAtLevel : public testing::TestWithParam<SandboxLevel> {
 protected:
  bool is_isolated() const { return GetParam() >= SandboxLevel::isolated; }

  /// Lets the program that tries what is forbidden try something.
  Finished attempt(const std::string& what, const std::string& argument = "", Needs needs = Needs::test,
                   const ProcessLimits& limits = {}) {
    box_.needs = needs;
    box_.folder = workspace_.path();
    if (needs == Needs::compiler)
      for (const auto& place : library_places()) box_.readable.push_back(place);
    box_.readable.emplace_back(ATTEMPTS);
    command_.argv = {ATTEMPTS, what, argument};
    return run_in_box(command_, box_, limits, GetParam());
  }

  /// Whether the attempt was refused: by an error, or by the end of the process.
  static testing::AssertionResult refused(const Finished& finished) {
    const bool is_killed = finished.how == Finished::How::signalled && finished.code == SIGSYS;
    const bool has_failed = finished.how == Finished::How::exited && finished.code == 1;
    if (is_killed || has_failed) return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << static_cast<int>(finished.how) << " " << finished.code << " " << finished.output;
  }

  Workspace workspace_;
  Box box_;
  Command command_;
};

/// Tests of what namespaces keep apart.
class IsolatedBox : public BoxAtLevel {};

/// Tests in a box whose processes are counted.
class CountedBox : public BoxAtLevel {};

inline std::string name_of_level(const testing::TestParamInfo<SandboxLevel>& info) {
  return std::string(word(info.param));
}

/// Returns: the folders in /proc of the processes in boxes that have this argument.
inline std::vector<std::filesystem::path> running_with(const std::string& argument) {
  std::vector<std::filesystem::path> found;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    const std::string arguments = read_text(process.path() / "cmdline");
    if (arguments.starts_with(ATTEMPTS) && arguments.find(argument) != std::string::npos)
      found.push_back(process.path());
  }
  return found;
}

/// Waits until there are so many, for a minute at most. Returns: those that there are then.
inline std::vector<std::filesystem::path> wait_for_running(const std::string& argument, std::size_t number) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  std::vector<std::filesystem::path> found = running_with(argument);
  while (found.size() < number && std::chrono::steady_clock::now() < end) {
    ::poll(nullptr, 0, 1);  // leaves the processors to the boxes
    found = running_with(argument);
  }
  return found;
}

/// Waits until there are none, for a minute at most. Returns: whether that is so.
inline bool wait_for_none(const std::string& argument) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!running_with(argument).empty()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

}  // namespace corokit::moulinette
