#include "recorder.hpp"

namespace corokit::specified {
namespace {

const char* word(Kind kind) {
  switch (kind) {
    case Kind::timeout:
      return "timeout";
    case Kind::cancelled:
      return "cancelled";
    default:
      return "task_failed";
  }
}

}  // namespace

std::string describe(const Results& results) {
  if (results) return std::to_string(results->size()) + " results";
  return std::string("the error ") + word(results.error().kind) + " (" + results.error().message + ")";
}

bool succeeded(Check& check, const Results& results) {
  return check.that(results.has_value(), "run() should give results, and gives " + describe(results));
}

bool failed_as(Check& check, const Results& results, Kind expected) {
  return check.that(
      !results && results.error().kind == expected,
      std::string("run() should give the error ") + word(expected) + ", and gives " + describe(results));
}

std::vector<std::uint32_t> ids(const Results& results) {
  std::vector<std::uint32_t> all;
  for (const TaskResult& result : *results) all.push_back(result.task_id);
  return all;
}

Task<Results> returned(Check& check, JoinHandle<Results> run) {
  Result<Results, JoinError> joined = co_await run;
  if (joined) co_return std::move(*joined);
  check.fail("run() threw: " + joined.error().message());
  co_return Err<OrchestratorError>(OrchestratorError(Kind::task_failed, joined.error().message()));
}

void no_task_left(Check& check, const Recorder& recorder) {
  check.equal(recorder.present.load(), 0, "tasks that are still running when run() has returned");
}

}  // namespace corokit::specified
