#pragma once
#include "shadow.hpp"
#include "threads.hpp"

#include "simulation/recording.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::model {

/// Tells the lines of code, by its addresses.
class SourceLines {
 public:
  struct Line {
    std::string place;  // "oneshot.hpp:25"
    std::string text;
  };
  virtual ~SourceLines() = default;
  /// Returns: the line of a program that calls the code, or that holds it; none if it is not known.
  virtual std::optional<Line> line(const void* return_address) const = 0;
  /// Returns: the name of a global variable that holds the address, or the name of one that the line uses; may be empty.
  virtual std::string variable(const void* address, const void* return_address) const = 0;
};

// While a schedule is played, texts hold the addresses of code and the numbers of events, with marks around them. Only of
// what is reported the lines are looked up.

/// Returns: " (step N)", of the access of the schedule that has this number.
std::string step_of(std::uint32_t event);
/// Returns: ", step N", of the same.
std::string step_number(std::uint32_t event);
/// Returns: the name of the variable at an address; "memory" if it is not known.
std::string name_of(const void* address);
/// Returns: "main", "thread 1".
std::string lane_name(std::size_t thread);
/// Returns: a value of unknown type: small numbers, also negative ones, as they are, and others as addresses.
std::string shown_value(std::uint64_t value);
/// Returns: a text without its marks, and what is in them.
std::string without_marks(std::string_view text);

/// Writes down what happens in one schedule.
class Recorder {
 public:
  explicit Recorder(const SourceLines* lines) noexcept : lines_(lines) {}

  void use(const SourceLines* lines) noexcept { lines_ = lines; }
  /// Begins to write, unless `recording` is null.
  void begin(explorer::Recording* recording);
  bool on() const noexcept { return recording_ != nullptr; }

  /// An operation, made by the running thread. `event`: the number of its access; 0: it has none.
  void operation(const Threads& threads, const void* code, std::uint32_t event, std::string text,
                 const void* address = nullptr);
  /// The last operation has written a value.
  void wrote(std::string value);
  /// From now on, of the accesses to plain memory only those are kept that the finding of the schedule before is about: a
  /// schedule is played once before it is written down, and its addresses are the same again.
  void keep_what_was_found() noexcept { keeps_all_ = false; }
  bool keeps(const void* address, std::size_t size) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    return keeps_all_ || (at < kept_ + kept_size_ && kept_ < at + size);
  }
  /// An access to plain memory.
  void access(const Threads& threads, const void* code, std::uint32_t event, Access::Kind kind,
              const void* address, std::size_t size);
  void note(const char* name, std::int64_t value);

  /// What the finding is about.
  void about(std::vector<std::uint32_t> events, const void* address, std::size_t size);
  /// Completes the recording. Returns: the finding, with lines instead of marks.
  std::string finish(const Threads& threads, std::string_view finding);

 private:
  struct Row {
    std::size_t lane;
    const void* code;
    std::uint32_t event;
    std::string text;
    std::string switched;
    const void* address;
    std::size_t size = 0;  // of plain memory
    bool writes = false;
    std::string value;            // that it wrote; empty if that is not known
    std::size_t step = SIZE_MAX;  // in the recording
  };

  void look_at_last_value();
  void note_lane(const Threads& threads);
  Row& add(const Threads& threads, const void* code, std::uint32_t event, const void* address);
  bool shown(const Row& row) const;
  std::string resolved(std::string_view text) const;
  std::string resolved(char mark, std::uintptr_t what) const;
  std::string variable(const void* address) const;

  const SourceLines* lines_;
  explorer::Recording* recording_ = nullptr;
  std::vector<Row> rows_;
  std::map<const void*, const void*> first_code_;  // which code used an address first
  std::vector<std::uint32_t> about_events_;
  std::uintptr_t about_ = 0;
  std::size_t about_size_ = 0;
  std::size_t lane_ = 0;  // that did something last
  std::string switched_;  // why the one before stopped
  bool keeps_all_ = true;
  std::uintptr_t kept_ = 0;
  std::size_t kept_size_ = 0;
};

}  // namespace corokit::model
