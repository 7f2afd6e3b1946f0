#pragma once
#include <linux/filter.h>
#include <array>
#include <cstdint>

namespace corokit::moulinette {

// What the grader and box_init say to each other over the socket that box_init inherits as kBoxSocket, one message each.

inline constexpr int kBoxSocket = 4;
inline constexpr int kFirstOutput = 5;  // the descriptors of the files that get what the program has made
inline constexpr std::uint32_t kSameUser = ~0U;
inline constexpr std::size_t kMostInstructions = 1024;

/// From the grader, before anything runs. 0 means no limit, but for the wall clock.
struct BoxOrders {
  std::uint32_t user = kSameUser;  // whom the program becomes, user and group
  std::uint32_t outputs = 0;       // how many files are copied out once the program has succeeded
  std::uint64_t wall_milliseconds = 0;
  std::uint64_t cpu_seconds = 0;
  std::uint64_t memory = 0;     // bytes of address space
  std::uint64_t file = 0;       // bytes of a file that it writes
  std::uint64_t processes = 0;  // threads count
  std::uint64_t descriptors = 0;
  std::uint32_t instructions = 0;  // of the filter; none: all system calls are let through
  std::array<sock_filter, kMostInstructions> filter{};
};

/// From box_init, once the program has ended or could not be started.
struct BoxEnding {
  std::int32_t status = 0;        // as wait() gives it
  std::int32_t start_error = 0;   // the errno for which the program did not start
  std::int32_t output_error = 0;  // the errno for which something that it made could not be copied
  std::int32_t out_of_time = 0;   // whether the wall clock ended it
  std::int64_t cpu_milliseconds = 0;
};

}  // namespace corokit::moulinette
