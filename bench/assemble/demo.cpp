// The demo of the orchestrator on the runtime that the sixteen files of the ladder make: ten agents share three phones.
//
//   demo [EVENTS]     prints what happens when it happens; EVENTS: the file that gets the same for the page
#include <01_task/task.hpp>
#include <02_run_loop/run_loop.hpp>
#include <03_block_on/block_on.hpp>
#include <04_oneshot/oneshot.hpp>
#include <05_notify/notify.hpp>
#include <06_mutex/mutex.hpp>
#include <07_semaphore/semaphore.hpp>
#include <08_timers/timers.hpp>
#include <09_mpsc/mpsc.hpp>
#include <10_broadcast/broadcast.hpp>
#include <11_watch/watch.hpp>
#include <12_cancel_token/cancel_token.hpp>
#include <13_select/select.hpp>
#include <14_join_set/join_set.hpp>
#include <15_steal_queue/steal_queue.hpp>
#include <16_pool/pool.hpp>

#include <unistd.h>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

namespace {

using namespace mini;
using Clock = std::chrono::steady_clock;
using Milliseconds = Timers::Tick;

/// Counts milliseconds for the timers, on a thread of its own.
class RealTime {
 public:
  explicit RealTime(Timers& timers) : timers_(timers), thread_([this] { count(); }) {}
  ~RealTime() {
    stops_ = true;
    thread_.join();
  }
  Milliseconds now() const {
    return static_cast<Milliseconds>((Clock::now() - begin_) / std::chrono::milliseconds(1));
  }

 private:
  void count() {
    for (Milliseconds tick = 1; !stops_; ++tick) {
      std::this_thread::sleep_until(begin_ + std::chrono::milliseconds(tick));
      timers_.advance(tick);
    }
  }
  Timers& timers_;
  const Clock::time_point begin_ = Clock::now();
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

struct Agent {
  const char* name;
  Milliseconds mission;
};
constexpr std::array<Agent, 10> kAgents{{{"Agent Smith", 350},
                                         {"Seraph", 150},
                                         {"the Oracle's cook", 250},
                                         {"the Keymaker", 100},
                                         {"Trinity", 200},
                                         {"Morpheus", 300},
                                         {"Niobe", 180},
                                         {"the Merovingian", 450},
                                         {"the Architect", 400},
                                         {"Neo", 130}}};
constexpr std::size_t kPhones = 3;

/// What all tasks of a shift share. It outlives them: the pool is gone before anything else is.
class Shift {
 public:
  explicit Shift(std::FILE* events, const char* title) : events_(events) {
    if (events_) std::fprintf(events_, "shift\t%s\n", title);
    std::printf("\n  %s\n\n", paint("1", title).c_str());
  }

  /// Prints a line, and remembers it for the page. `code`: the colour, as a terminal knows it.
  Task<> say(const char* code, std::string who, std::string what) {
    const auto guard = co_await log_.lock();
    const Milliseconds at = time_.now();
    std::printf("  %5llu ms  %-18s %s\n", static_cast<unsigned long long>(at), who.c_str(),
                paint(code, what).c_str());
    std::fflush(stdout);
    if (events_)
      std::fprintf(events_, "%llu\t%s\t%s\n", static_cast<unsigned long long>(at), who.c_str(), what.c_str());
  }

  static std::string paint(const char* code, const std::string& text) {
    static const bool colours = isatty(STDOUT_FILENO) == 1 && !getenv("NO_COLOR");
    return colours ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
  }

 private:
  std::FILE* events_;
  Mutex log_;

 public:
  Timers timers;
  Semaphore phones{kPhones};
  CancelToken everybody_out;
  broadcast::Sender<std::string> news = broadcast::channel<std::string>(32).first;

 private:
  RealTime time_{timers};

 public:
  Pool<> pool{2};
};

Task<> sleep(Shift& shift, Milliseconds time) {
  co_await shift.timers.sleep(time);
}
Task<> cancelled(CancelToken token) {
  co_await token.cancelled();
}

/// Takes a phone, is in for a while, and is asked to stop perhaps. The answer goes to the operator.
Task<> mission(Shift& shift, Agent agent, oneshot::Sender<std::string> answer) {
  const auto phone = co_await shift.phones.acquire(1);
  if (shift.everybody_out.is_cancelled()) {
    answer.send("stayed out");
    co_return;
  }
  co_await shift.say("33", agent.name, "picks up a phone");
  shift.news.send(std::string(agent.name) + " is in");
  auto first = co_await select(cancelled(shift.everybody_out), sleep(shift, agent.mission));
  if (first.index() == 0) {
    co_await shift.say("90", agent.name, "is asked to stop, and looks for an exit");
    co_await shift.timers.sleep(40);
  }
  co_await shift.say("32", agent.name, first.index() == 0 ? "hangs up, safely" : "is done");
  answer.send(first.index() == 0 ? "was called back" : "is done");
}

/// The Oracle hears all news until there is nobody left to tell any.
Task<> listen(Shift& shift, broadcast::Receiver<std::string> news, oneshot::Sender<std::size_t> heard) {
  std::size_t count = 0;
  for (;;) {
    auto message = co_await news.recv();
    if (message.index() == 2) break;     // closed
    if (message.index() == 1) continue;  // it fell behind
    ++count;
    co_await shift.say("34", "the Oracle", "hears: " + std::get<0>(message));
    if (std::get<0>(message) == "the shift is over") break;
  }
  heard.send(count);
}

struct Answer {
  std::string who, what;
};
Task<Answer> answer_of(std::string who, oneshot::Receiver<std::string> receiver) {
  auto what = co_await receiver;
  co_return Answer{std::move(who), what ? *what : "is lost"};
}

Task<std::size_t> collect(JoinSet<Answer>& answers) {
  std::size_t back = 0;
  for (;;) {
    auto next = co_await answers.next();
    if (!next) break;
    if (next->result().what != "stayed out") ++back;
  }
  co_return back;
}

Task<> pull_the_plug(Shift& shift, Milliseconds after) {
  co_await shift.timers.sleep(after);
  co_await shift.say("31", "the operator", "sentinels! everybody out");
  shift.everybody_out.cancel();
}

Task<bool> operate(Shift& shift, Milliseconds plug) {
  auto heard = oneshot::channel<std::size_t>();
  shift.pool.spawn(listen(shift, shift.news.subscribe(), std::move(heard.first)));
  if (plug != 0) shift.pool.spawn(pull_the_plug(shift, plug));
  JoinSet<Answer> answers;
  for (const Agent& agent : kAgents) {
    auto answer = oneshot::channel<std::string>();
    shift.pool.spawn(mission(shift, agent, std::move(answer.first)));
    answers.spawn(answer_of(agent.name, std::move(answer.second)));
  }
  const auto back = co_await timeout(shift.timers, 10'000, collect(answers));
  shift.news.send("the shift is over");
  const auto count = co_await heard.second;
  if (!back || !count) co_return false;
  co_await shift.say("0", "the operator",
                     std::to_string(*back) + " agents were in, and all of them are back; the Oracle heard " +
                         std::to_string(*count) + " messages");
  co_return true;
}

Task<> run_and_tell(Task<bool> task, oneshot::Sender<bool> result) {
  result.send(co_await std::move(task));
}
Task<bool> take(oneshot::Receiver<bool> receiver) {
  const auto value = co_await receiver;
  co_return value&&* value;
}

/// One shift on a pool of its own, while this thread waits. Returns: whether everybody is back in time.
bool run(std::FILE* events, const char* title, Milliseconds plug) {
  Shift shift(events, title);
  auto result = oneshot::channel<bool>();
  shift.pool.spawn(run_and_tell(operate(shift, plug), std::move(result.first)));
  return block_on(take(std::move(result.second)));
}

}  // namespace

int main(int argc, char** argv) {
  std::FILE* const events = argc > 1 ? std::fopen(argv[1], "w") : nullptr;
  const bool all_back = run(events, "Ten agents, three phones: nobody waits longer than needed", 0) &&
                        run(events, "The same, but the operator pulls the plug after 300 ms", 300);
  if (events) std::fclose(events);
  std::puts(all_back ? "\n  Every agent is back." : "\n  Somebody is missing.");
  return all_back ? 0 : 1;
}
