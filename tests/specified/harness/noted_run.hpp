#pragma once
#include "check.hpp"

#include <corokit/task.hpp>

#include <string>
#include <utility>

namespace corokit::specified {

/// Awaits the run of an orchestrator, and notes for the timeline when it begins and how it ends. `describe` puts into words
/// what the run gave.
template <class Results>
Task<Results> noted_run(Check& check, std::string name, std::string of_what, Task<Results> run,
                        std::string (*describe_results)(const Results&)) {
  struct Ending {
    ~Ending() { check.note(name, how); }  // also if the run is dropped
    Check& check;
    std::string name;
    std::string how;
  };
  check.note(name, "began: " + of_what);
  Ending ending{check, std::move(name), "was dropped"};
  try {
    Results results = co_await std::move(run);
    ending.how = "gave " + describe_results(results);
    co_return results;
  } catch (...) {
    ending.how = "threw " + describe(std::current_exception());
    throw;
  }
}

/// In the words of a timeline: ", with a timeout of 50 ms"; nothing if no test reaches that timeout.
inline std::string show_timeout(Duration timeout, Duration plenty) {
  return timeout >= plenty ? std::string() : ", with a timeout of " + show(timeout);
}

}  // namespace corokit::specified
