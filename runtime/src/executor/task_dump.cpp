#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/task_header.hpp>
#include <corokit/detail/task/wait_report.hpp>
#include <corokit/task_dump.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace corokit {
namespace {

using State = DumpedTask::State;
using Names = std::unordered_map<std::uint64_t, std::string_view>;

/// Returns: a duration in three digits, "1.23 s".
std::string show(Duration time) {
  struct Unit {
    double nanoseconds;
    const char* name;
  };
  static constexpr std::array<Unit, 5> kUnits{
      {{86'400e9, "d"}, {3'600e9, "h"}, {60e9, "min"}, {1e9, "s"}, {1e6, "ms"}}};
  const auto length = static_cast<double>(std::max(time, Duration(0)).count());
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end() - 1,
                                  [&](const Unit& each) { return length >= each.nanoseconds; });
  std::array<char, 40> text{};
  // Without an exponent, which %g would give to 1234 days.
  const double value = length / unit->nanoseconds;
  std::snprintf(text.data(), text.size(), value < 10 ? "%.3g %s" : "%.0f %s", value, unit->name);
  return text.data();
}

void add_task(std::string& text, std::uint64_t id, std::string_view name) {
  text += "task " + std::to_string(id);
  if (!name.empty()) text.append(" (").append(name).append(")");
}

void add_wait(std::string& text, const TaskWait& wait, std::size_t indent, Instant now, const Names& names) {
  text.append(wait.where).append(", for ").append(show(now - wait.since));
  if (wait.until) text.append(", ").append(show(*wait.until - now)).append(" to go");
  if (wait.for_task) {
    const auto id = static_cast<std::uint64_t>(*wait.for_task);
    const auto named = names.find(id);
    text += ", for ";
    add_task(text, id, named == names.end() ? std::string_view() : named->second);
  }
  text += wait.branches.empty() && wait.more == 0 ? "\n" : ":\n";
  indent += 2;
  for (const TaskWait& branch : wait.branches) {
    text.append(indent, ' ');
    add_wait(text, branch, indent, now, names);
  }
  if (wait.more != 0)
    text.append(indent, ' ').append("and ").append(std::to_string(wait.more)).append(" more\n");
}

std::string counted(std::size_t number, const char* one, const char* many) {
  return std::to_string(number) + (number == 1 ? one : many);
}

std::string headline(const TaskDump& dump) {
  std::array<std::size_t, 3> numbers{};
  for (const DumpedTask& task : dump.tasks) ++numbers[static_cast<std::size_t>(task.state)];
  std::string text = counted(dump.tasks.size(), " task", " tasks");
  auto add = [&, first = true](State state, const char* one, const char* many) mutable {
    const std::size_t number = numbers[static_cast<std::size_t>(state)];
    if (number == 0) return;
    text += (std::exchange(first, false) ? ": " : ", ") + counted(number, one, many);
  };
  add(State::waiting, " waits", " wait");
  add(State::ready, " is ready", " are ready");
  add(State::running, " runs", " run");
  return text + "\n";
}

}  // namespace

std::string TaskDump::to_string() const {
  Names names;
  for (const DumpedTask& task : tasks)
    if (!task.name.empty()) names.emplace(static_cast<std::uint64_t>(task.id), task.name);
  std::string text = headline(*this);
  for (const DumpedTask& task : tasks) {
    text += "  ";
    add_task(text, static_cast<std::uint64_t>(task.id), task.name);
    if (task.wait) {
      text += " waits in ";
      add_wait(text, *task.wait, 2, time, names);
    } else {
      text += task.state == State::running ? " runs\n"
              : task.state == State::ready ? " is ready\n"
                                           : " waits\n";
    }
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const TaskDump& dump) {
  return out << dump.to_string();
}

namespace detail {
namespace {

/// The tasks of a runtime, each with a reference, so that their headers stay.
class ListedTasks {
 public:
  struct Listed {
    TaskHeader* header;
    std::string name;
  };

  ListedTasks() = default;
  ListedTasks(const ListedTasks&) = delete;
  ListedTasks& operator=(const ListedTasks&) = delete;
  ~ListedTasks() {
    for (const Listed& task : list_) task.header->release_ref();
  }
  void take(TaskSlab& tasks) {
    list_.reserve(tasks.approx_size());
    for (std::size_t shard = 0; shard < tasks.shards(); ++shard)
      tasks.for_each_in(shard, [this](TaskHeader& task, std::string name) {
        list_.push_back({&task, std::move(name)});
        // A task that is in the slab has the reference of the runtime, so this is never the first one.
        task.add_ref();
      });
  }
  std::vector<Listed>& list() noexcept { return list_; }

 private:
  std::vector<Listed> list_;
};

/// Holds an idle task for a scope.
class Hold {
 public:
  explicit Hold(TaskHeader& task) noexcept : task_(task), holds_(try_hold(task)) {}
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() {
    if (holds_) schedule(let_go(task_));
  }
  explicit operator bool() const noexcept { return holds_; }

 private:
  TaskHeader& task_;
  const bool holds_;
};

/// Looks at one task. Returns: false if it is over.
bool look_at(TaskHeader& task, DumpedTask& dumped) {
  for (;;) {
    if (const Hold hold(task); hold) {
      dumped.state = State::waiting;
      WaitReport(dumped.wait.emplace()).tell(noted_wait(task.root));
      return true;
    }
    // Relaxed: the value is stale at once, and nothing is read that it would publish.
    const std::uintptr_t ready = task.ready.load(std::memory_order_relaxed);
    if (ready == TaskHeader::kIdle) continue;  // its turn has ended since
    // What made a task leave the idle state stays on its list until its turn begins.
    dumped.state = ready == TaskHeader::kActive ? State::running : State::ready;
    return ready != TaskHeader::kComplete;
  }
}

}  // namespace

TaskDump dump_tasks(Scheduler& runtime, Instant now) {
  const Locked one_at_a_time(runtime.dumping());
  TaskDump dump{.time = now};
  ListedTasks listed;
  listed.take(runtime.tasks());
  dump.tasks.reserve(listed.list().size());
  for (auto& [header, name] : listed.list()) {
    DumpedTask dumped{.id = TaskId{header->id}, .name = std::move(name)};
    if (look_at(*header, dumped)) dump.tasks.push_back(std::move(dumped));
  }
  std::sort(dump.tasks.begin(), dump.tasks.end(),
            [](const DumpedTask& a, const DumpedTask& b) { return a.id < b.id; });
  return dump;
}

}  // namespace detail
}  // namespace corokit
