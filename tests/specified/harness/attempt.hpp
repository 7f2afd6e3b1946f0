#pragma once
// Included by main.cpp only, as channel.hpp is.
#include "playing.hpp"

#include "simulation/choices.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

namespace corokit::specified {
namespace {

/// What a schedule leaves behind, however the process ends that plays it: it lies in memory that this process shares with
/// the one that forked it.
struct Traces {
  static constexpr std::size_t kMost = 1U << 18U;
  std::uint64_t choices = 0;  // how many were made
  std::uint64_t values = 0;   // how many of them chose a value
  std::uint64_t finding = 0;  // a number that findings of a kind share; 0 if there is none
  std::size_t count = 0;      // of the deviations
  std::array<explorer::Deviation, kMost> deviations{};
};

Traces* traces = nullptr;  // of this process, if it is an attempt

/// Leaves traces of what another strategy chooses.
class Tracing final : public explorer::Strategy {
 public:
  explicit Tracing(Strategy& chooser) noexcept : chooser_(chooser) {}
  std::size_t choose(const explorer::Point& point) override {
    const std::size_t choice = chooser_.choose(point);
    if (choice != 0 && traces->count < Traces::kMost)
      traces->deviations[traces->count++] = {traces->choices, choice};
    ++traces->choices;
    if (point.kind == explorer::Kind::value) ++traces->values;
    return choice;
  }
  bool advance() override { return chooser_.advance(); }

 private:
  Strategy& chooser_;
};

/// Returns: a number that findings share which say the same of other numbers: what comes before a colon, without digits.
std::uint64_t kind_of(std::string_view finding) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : finding.substr(0, finding.find(':')))
    if (!std::isdigit(static_cast<unsigned char>(c)))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash | 1U;
}

/// Plays schedules in processes of their own, so that it does not matter how they end.
class Attempts {
 public:
  /// How an attempt ended.
  struct Ending {
    int status = 0;  // that of the process
    std::uint64_t finding = 0;
    bool operator==(const Ending&) const = default;

    bool failed() const noexcept { return status != 0 || finding != 0; }
    bool hung() const noexcept {
      return WIFSIGNALED(status) && (WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGALRM);
    }
  };

  Attempts() {
    void* const memory =
        mmap(nullptr, sizeof(Traces), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    shared_ = new (memory) Traces;
  }
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;
  ~Attempts() { munmap(shared_, sizeof(Traces)); }

  /// Calls `play` in a process of its own, and waits for its end.
  template <class Play>
  Ending play(const Play& play) {
    shared_->choices = shared_->values = shared_->finding = 0;
    shared_->count = 0;
    const pid_t child = fork();
    if (child < 0) return {};
    if (child == 0) {
      traces = shared_;
      limit_time(std::chrono::milliseconds(kSanitized ? 1'000 : 100));
      play();
      _exit(EXIT_SUCCESS);
    }
    Ending ending;
    rusage used{};
    while (wait4(child, &ending.status, 0, &used) < 0 && errno == EINTR) {
    }
    timeradd(&used.ru_utime, &used.ru_stime, &used.ru_utime);
    processor_ +=
        std::chrono::seconds(used.ru_utime.tv_sec) + std::chrono::microseconds(used.ru_utime.tv_usec);
    // On a busy machine it is chance which limit of time an endless loop reaches first.
    if (ending.hung()) ending.status = SIGPROF;
    ending.finding = shared_->finding;
    if (ending.finding != 0) ending.status = 0;
    return ending;
  }

  /// Returns: the processor time of all attempts.
  std::chrono::microseconds processor() const noexcept { return processor_; }
  /// Returns: the choices that the last attempt made, those that chose values, and those that were not the default.
  std::uint64_t choices() const noexcept { return shared_->choices; }
  std::uint64_t values() const noexcept { return shared_->values; }
  explorer::Deviations deviations() const {
    return {shared_->deviations.begin(), shared_->deviations.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                           shared_->count, Traces::kMost))};
  }

 private:
  std::chrono::microseconds processor_{};
  Traces* shared_;
};

}  // namespace
}  // namespace corokit::specified
