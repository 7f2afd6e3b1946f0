#include "process.hpp"

#include "process/process.hpp"

#include <cstring>
#include <stdexcept>

namespace corokit::peers {
namespace {

using moulinette::Finished;

constexpr std::size_t kOutputKept = std::size_t{1} << 30U;

Finished run(const std::vector<std::string>& command, const std::vector<std::string>& environment,
             std::chrono::milliseconds limit, bool merges_errors) {
  return moulinette::run_process(
      {.argv = command, .environment = environment, .merges_errors = merges_errors},
      {.wall = limit, .cpu = std::chrono::seconds(0), .file = 0, .output = kOutputKept});
}

}  // namespace

std::string output_of(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                      std::chrono::milliseconds limit) {
  Finished finished = run(command, environment, limit, false);
  const std::string& name = command.front();
  switch (finished.how) {
    case Finished::How::not_started:
      throw std::runtime_error(name + " cannot be started: " + std::strerror(finished.code));
    case Finished::How::signalled:
      throw std::runtime_error(name + " was killed: " + strsignal(finished.code));
    case Finished::How::out_of_time:
    case Finished::How::interrupted:
      throw std::runtime_error(name + " takes too long");
    case Finished::How::exited:
      break;
  }
  if (finished.code != 0)
    throw std::runtime_error(name + " failed with status " + std::to_string(finished.code));
  return std::move(finished.output);
}

bool can_preload(const std::string& library) {
  // The loader complains about a library that it does not find, and goes on.
  const Finished finished = run({"true"}, {"LD_PRELOAD=" + library}, std::chrono::seconds(10), true);
  return finished.succeeded() && finished.output.empty();
}

}  // namespace corokit::peers
