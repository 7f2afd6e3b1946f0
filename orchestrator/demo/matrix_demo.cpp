// Shows what an orchestrator does: ten agents share three phones, and each event is printed when it happens.
//
//   matrix_demo            runs two shifts of about a second; the second is cancelled while agents are at work
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/time/sleep.hpp>

#include <unistd.h>
#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace corokit;
using namespace std::chrono_literals;

/// Prints lines with the time since the start. On a terminal each kind of event has a colour.
class Log {
 public:
  enum class Colour { plain = 0, red = 31, green = 32, yellow = 33, blue = 34, grey = 90 };

  void say(Colour colour, std::string_view who, std::string_view what) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now() - begin_);
    const std::lock_guard lock(mutex_);
    if (is_terminal_) std::printf("\x1b[%dm", static_cast<int>(colour));
    std::printf("%5lld ms  %-16.*s  %.*s", static_cast<long long>(since.count()),
                static_cast<int>(who.size()), who.data(), static_cast<int>(what.size()), what.data());
    std::puts(is_terminal_ ? "\x1b[0m" : "");
    std::fflush(stdout);
  }

 private:
  const Instant begin_ = now();
  const bool is_terminal_ = isatty(STDOUT_FILENO) == 1;
  std::mutex mutex_;
};

using Colour = Log::Colour;

struct Agent {
  const char* name;
  Duration mission;
};

constexpr std::array<Agent, 10> kAgents{{{"Agent Smith", 350ms},
                                         {"Seraph", 150ms},
                                         {"the Oracle", 250ms},
                                         {"the Keymaker", 100ms},
                                         {"Trinity", 200ms},
                                         {"Morpheus", 300ms},
                                         {"Niobe", 180ms},
                                         {"the Merovingian", 450ms},
                                         {"the Architect", 400ms},
                                         {"Neo", 130ms}}};

constexpr std::array<const char*, 5> kShips{"Nebuchadnezzar", "Logos", "Mjolnir", "Vigilant", "Icarus"};

/// One mission. If it is asked to stop, it cleans up and ends early.
Task<AsyncTask::Answer> mission(Log& log, Agent agent, MatrixOrchestrator orchestrator,
                                CancellationToken token) {
  log.say(Colour::yellow, agent.name, "picks up a phone");
  orchestrator.broadcast(std::string(agent.name) + " is in");
  auto first = co_await select(biased, token.cancelled(), sleep(agent.mission));
  if (first.index() == 0) {
    log.say(Colour::grey, agent.name, "was asked to stop, and looks for an exit");
    co_await sleep(40ms);
    log.say(Colour::grey, agent.name, "hangs up, safely");
    co_return Err<std::string>("interrupted");
  }
  log.say(Colour::green, agent.name, "is done");
  co_return "done";
}

/// A ship receives messages until the channel closes. One of them prints what it hears.
Task<void> listen(Log& log, const char* ship, broadcast::Receiver<std::string> receiver, bool is_talkative) {
  std::size_t heard = 0;
  for (;;) {
    auto message = co_await receiver.recv();
    if (!message && message.error().is_closed()) break;
    if (!message) continue;  // it fell behind
    ++heard;
    if (is_talkative) log.say(Colour::blue, ship, "hears: " + *message);
  }
  log.say(Colour::blue, ship, "heard " + std::to_string(heard) + " messages");
}

std::vector<AsyncTask> missions(Log& log, const MatrixOrchestrator& orchestrator) {
  std::vector<AsyncTask> tasks;
  for (const Agent& agent : kAgents)
    tasks.push_back([&log, agent, orchestrator](std::uint32_t, CancellationToken token) {
      return mission(log, agent, orchestrator, std::move(token));
    });
  return tasks;
}

Task<void> shut_down_after(Log& log, Duration duration, MatrixOrchestrator orchestrator) {
  co_await sleep(duration);
  log.say(Colour::red, "the operator", "sentinels! everybody out");
  orchestrator.cancel();
}

Task<MatrixOrchestrator::Results> shift(Log& log, JoinSet<void>& ships, bool is_interrupted) {
  const MatrixOrchestrator orchestrator(3);
  for (const char* ship : kShips) ships.spawn(listen(log, ship, orchestrator.subscribe(), ship == kShips[0]));
  if (is_interrupted) spawn(shut_down_after(log, 300ms, orchestrator)).detach();
  auto results = co_await orchestrator.run(missions(log, orchestrator), 10s);
  const std::size_t reached = orchestrator.broadcast("the shift is over");
  log.say(Colour::plain, "the operator", "told " + std::to_string(reached) + " ships");
  co_return results;
}

Task<void> day(Log& log, bool is_interrupted) {
  JoinSet<void> ships;
  const auto results = co_await shift(log, ships, is_interrupted);
  while (co_await ships.join_next()) {
  }
  if (!results) {
    log.say(Colour::plain, "the operator", "no results: " + results.error().message);
    co_return;
  }
  for (const TaskResult& result : *results)
    log.say(Colour::plain, kAgents.at(result.task_id).name,
            result.result + " after " + std::to_string(result.duration_ms) + " ms");
}

}  // namespace

int main() {
  Log log;
  Runtime runtime = Runtime::multi_thread();
  std::puts("-- ten agents, three phones: nobody waits longer than needed");
  runtime.block_on(day(log, false));
  std::puts("-- the same, but the operator pulls the plug after 300 ms");
  runtime.block_on(day(log, true));
  std::puts("every agent is back");
}
