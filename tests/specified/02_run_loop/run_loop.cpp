#include <02_run_loop/run_loop.hpp>

#include <explorer/program.hpp>

#include <array>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>

using namespace mini;
using explored::choose;
using explored::require;

namespace {

/// Says when its frame is destroyed.
struct Alive {
  explicit Alive(int& the_count) : count(the_count) { ++count; }
  Alive(const Alive& other) : count(other.count) { ++count; }
  Alive& operator=(const Alive&) = delete;
  ~Alive() { --count; }
  int& count;
};

/// One task at a time waits here: co_await place.wait(). Whoever wants it to go on wakes its job.
class Place {
 public:
  struct Wait {
    explicit Wait(Place& the_place) : place(the_place) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() { place.job_ = nullptr; }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> here) noexcept { place.job_ = &suspend_in(here); }
    void await_resume() const noexcept {}
    Place& place;
  };
  Wait wait() { return Wait(*this); }
  Job* waiting() { return job_; }
  Job& job() {
    require(job_ != nullptr, "a task that was spawned and has run waits here");
    return *job_;
  }

 private:
  Job* job_ = nullptr;
};

Task<> writes(std::string& log, char letter) {
  log += letter;
  co_return;
}

Task<> spawns(RunLoop& loop, std::string& log) {
  loop.spawn(writes(log, 'b'));
  log += 'a';
  co_return;
}

Task<> waits(Place& place, std::string& log) {
  log += 'a';
  co_await place.wait();
  log += 'b';
  co_await place.wait();
  log += 'c';
}

}  // namespace

COROKIT_EXPLORED(runs_what_is_spawned) {
  std::string log;
  RunLoop loop;
  loop.spawn(writes(log, '1'));
  loop.spawn(writes(log, '2'));
  loop.spawn(writes(log, '3'));
  require(log.empty(), "spawn() runs nothing");
  require(loop.run() == 0, "run() says how many tasks have not ended: none");
  require(log == "123", "tasks begin in the order in which they were spawned");
  require(loop.run() == 0 && log == "123", "a task runs once");
}

COROKIT_EXPLORED(edge_spawned_by_a_task) {
  std::string log;
  RunLoop loop;
  loop.spawn(spawns(loop, log));
  require(loop.run() == 0, "run() runs also what is spawned while it runs");
  require(log == "ab", "a task that is spawned by another one begins after that one has run");
}

namespace {

Task<> holds(Alive, int& count) {
  const Alive local(count);
  co_return;
}

}  // namespace

COROKIT_EXPLORED(edge_frees_what_has_ended) {
  int count = 0;
  RunLoop loop;
  loop.spawn(holds(Alive(count), count));
  require(count == 1, "the loop owns the task");
  loop.run();
  require(count == 0, "a task is destroyed when it has ended, not with the loop");
}

COROKIT_EXPLORED(wakes_what_waits) {
  std::string log;
  Place place;
  RunLoop loop;
  loop.spawn(waits(place, log));
  require(loop.run() == 1 && log == "a", "run() returns when no task is woken: one waits");
  require(loop.run() == 1 && log == "a", "a task that nobody wakes does not go on");
  place.job().wake();
  require(log == "a", "wake() runs nothing");
  require(loop.run() == 1 && log == "ab", "a task that was woken goes on to where it waits next");
  place.job().wake();
  require(loop.run() == 0 && log == "abc", "a task that was woken goes on to its end");
}

COROKIT_EXPLORED(edge_woken_twice) {
  std::string log;
  Place place;
  RunLoop loop;
  loop.spawn(waits(place, log));
  loop.run();
  place.job().wake();
  place.job().wake();
  require(loop.run() == 1 && log == "ab", "a task that is woken twice before it runs goes on once");
}

namespace {

Task<> wakes(Place& place, std::string& log) {
  log += '(';
  place.job().wake();
  log += ')';
  co_return;
}

/// Wakes the job while it runs, then waits.
struct WokenWhileItRuns {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> here) const noexcept {
    Job::running()->wake();
    suspend_in(here);
  }
  void await_resume() const noexcept {}
};

Task<> is_woken_while_it_runs(std::string& log) {
  log += 'a';
  co_await WokenWhileItRuns();
  log += 'b';
}

Task<> is_woken_and_ends(Alive, std::string& log) {
  log += 'a';
  Job::running()->wake();
  co_return;
}

}  // namespace

COROKIT_EXPLORED(edge_woken_by_another) {
  std::string log;
  Place place;
  RunLoop loop;
  loop.spawn(waits(place, log));
  loop.spawn(wakes(place, log));
  require(loop.run() == 1, "one task waits");
  require(log == "a()b", "a task that another one wakes goes on after that one has run");
}

COROKIT_EXPLORED(edge_woken_while_it_runs) {
  std::string log;
  RunLoop loop;
  loop.spawn(is_woken_while_it_runs(log));
  loop.spawn(writes(log, '|'));
  require(loop.run() == 0, "a task that is woken while it runs does not wait");
  require(log == "a|b", "a task that is woken while it runs goes to the end of the queue");
}

COROKIT_EXPLORED(edge_woken_while_it_ends) {
  int count = 0;
  std::string log;
  RunLoop loop;
  loop.spawn(is_woken_and_ends(Alive(count), log));
  loop.spawn(writes(log, '|'));
  require(loop.run() == 0 && log == "a|", "a task that has ended does not run again");
  require(count == 0, "a task that has ended is destroyed");
}

namespace {

Task<> writes_in_turn(std::string& log, char letter, int times) {
  for (int i = 0; i < times; ++i) {
    log += letter;
    co_await yield();
  }
}

}  // namespace

COROKIT_EXPLORED(yields_in_turn) {
  std::string log;
  RunLoop loop;
  loop.spawn(writes_in_turn(log, 'a', 3));
  loop.spawn(writes_in_turn(log, 'b', 2));
  loop.spawn(writes_in_turn(log, 'c', 3));
  require(loop.run() == 0, "a task that yields goes on by itself");
  require(log == "abcabcac", "tasks that yield take turns");
}

namespace {

constexpr std::size_t kTasks = 3;

/// What the loop has to do: a queue of the tasks that are woken.
struct Model {
  void wake(std::size_t task) {
    if (queued.at(task)) return;
    queued.at(task) = true;
    queue.push_back(task);
  }
  std::size_t next() {
    require(!queue.empty(), "no task goes on that was not woken");
    const std::size_t task = queue.front();
    queue.pop_front();
    queued.at(task) = false;
    return task;
  }
  std::deque<std::size_t> queue;
  std::array<bool, kTasks> queued{};
};

struct Round {
  Model model;
  std::array<Place, kTasks> places;
  int choices = 0;
};

Task<> wakes_any(Round& round, std::size_t self) {
  for (;;) {
    require(round.model.next() == self, "tasks go on in the order in which they were woken");
    if (round.choices-- > 0) {
      const std::size_t chosen = choose(kTasks + 1);
      if (chosen < kTasks) {  // it may be the task itself
        round.model.wake(chosen);
        (chosen == self ? *Job::running() : round.places.at(chosen).job()).wake();
      }
    }
    co_await round.places.at(self).wait();
  }
}

}  // namespace

COROKIT_EXPLORED(edge_any_order) {
  Round round;
  RunLoop loop;
  for (std::size_t i = 0; i < kTasks; ++i) {
    round.model.wake(i);
    loop.spawn(wakes_any(round, i));
    loop.run();
  }
  round.choices = 3;
  for (int i = 0; i < 2; ++i) {
    const std::size_t chosen = choose(kTasks);
    round.model.wake(chosen);
    round.places.at(chosen).job().wake();
  }
  require(loop.run() == kTasks, "all tasks wait");
  require(round.model.queue.empty(), "run() returns when no task is woken");
}

namespace {

Task<> holds_and_waits(Alive, int& count, Place& place) {
  const Alive local(count);
  co_await place.wait();
}

/// Wakes whoever waits in a place, when it is destroyed.
struct WakesAtTheEnd {
  explicit WakesAtTheEnd(Place& the_place) : place(the_place) {}
  WakesAtTheEnd(const WakesAtTheEnd&) = delete;
  WakesAtTheEnd& operator=(const WakesAtTheEnd&) = delete;
  ~WakesAtTheEnd() {
    if (place.waiting()) place.job().wake();
  }
  Place& place;
};

Task<> waits_and_wakes_at_the_end(Place& place, Place& other) {
  const WakesAtTheEnd at_the_end(other);
  co_await place.wait();
}

}  // namespace

COROKIT_EXPLORED(drops_what_is_left) {
  int count = 0;
  Place place;
  Place woken;
  {
    RunLoop loop;
    loop.spawn(holds_and_waits(Alive(count), count, place));
    loop.spawn(holds_and_waits(Alive(count), count, woken));
    require(loop.run() == 2 && count == 4, "two tasks wait");
    woken.job().wake();
    loop.spawn(holds_and_waits(Alive(count), count, place));
  }
  require(count == 0, "the tasks that have not ended are destroyed with the loop");
}

namespace {

/// Wakes the job of its own task when it is destroyed: an operation that is dropped may hand something to another one.
struct WakesItsJob {
  explicit WakesItsJob(Job*& the_job) : job(&the_job) {}
  WakesItsJob(WakesItsJob&& other) noexcept : job(std::exchange(other.job, nullptr)) {}
  ~WakesItsJob() {
    if (job && *job) (*job)->wake();
  }
  Job** job;
};

Task<> waits_for_ever(Place& place, int& times) {
  for (;; ++times) co_await place.wait();
}

Task<> fails(Alive) {
  if (true) throw std::runtime_error("the line is dead");
  co_return;
}

Task<> wakes_its_job(WakesItsJob, Job*& job, Place* place) {
  job = Job::running();
  if (place) co_await place->wait();
}

}  // namespace

COROKIT_EXPLORED(edge_woken_while_it_is_destroyed) {
  Job* job = nullptr;
  Place place;
  RunLoop loop;
  const bool ends = choose(2) == 0;
  loop.spawn(wakes_its_job(WakesItsJob(job), job, ends ? nullptr : &place));
  require(loop.run() == (ends ? 0 : 1), "a task that has ended does not run again");
}

COROKIT_EXPLORED(edge_wakes_while_it_is_dropped) {
  std::array<Place, 4> places;
  RunLoop loop;
  for (Place& place : places) loop.spawn(waits_and_wakes_at_the_end(place, places.at(choose(places.size()))));
  require(loop.run() == places.size(), "all tasks wait");
}

COROKIT_EXPLORED(throws_what_a_task_throws) {
  int count = 0;
  std::string log;
  RunLoop loop;
  loop.spawn(fails(Alive(count)));
  loop.spawn(writes(log, 'a'));
  try {
    loop.run();
    log = "nothing";
  } catch (const std::runtime_error& error) {
    log = error.what();
  }
  require(log == "the line is dead", "run() throws what a task throws");
  require(count == 0, "a task that has thrown is destroyed");
  log.clear();
  require(loop.run() == 0 && log == "a", "the other tasks are still there, and run() may be called again");
}

COROKIT_EXPLORED(costs_little) {
  int times = 0;
  Place place;
  RunLoop loop;
  loop.spawn(waits_for_ever(place, times));
  loop.run();
  const explored::Counts before = explored::counts();
  for (int i = 0; i < 100; ++i) {
    place.job().wake();
    loop.run();
  }
  const explored::Counts cost = explored::counts() - before;
  require(times == 100, "each wake makes the task go on once");
  require(cost.allocations == 0, "a wake allocates nothing");
  require(cost.atomic_operations == 0 && cost.locks == 0,
          "a loop of one thread needs no atomics and no locks");
}
