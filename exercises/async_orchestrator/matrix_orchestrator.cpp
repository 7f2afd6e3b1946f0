// Your solution. What to do is told in subject.md; what you have to fill in is declared in
// <corokit/orchestrator/matrix_orchestrator.hpp>. See how far you are:
//
//   ./moulinette grade async_orchestrator
#include "async_orchestrator.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace corokit {

// What all copies of an orchestrator share. Think of what must be limited, what must be cancelled, and what
// must be heard; and how long each of them has to live.
struct MatrixOrchestrator::State {};

MatrixOrchestrator::MatrixOrchestrator([[maybe_unused]] std::size_t max_concurrent)
    : state_(std::make_shared<State>()) {}

// A coroutine that is a member would hold a reference to an orchestrator that may be gone. So pass what it
// needs to a free coroutine, by value: return conduct(state_, std::move(tasks), global_timeout);
Task<MatrixOrchestrator::Results> MatrixOrchestrator::run([[maybe_unused]] std::vector<AsyncTask> tasks,
                                                          [[maybe_unused]] Duration global_timeout) const {
  throw std::logic_error("run() is yours to write");
}

void MatrixOrchestrator::cancel() const noexcept {}

std::size_t MatrixOrchestrator::broadcast([[maybe_unused]] std::string message) const {
  throw std::logic_error("broadcast() is yours to write");
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  throw std::logic_error("subscribe() is yours to write");
}

}  // namespace corokit
