#include <corokit/prometheus.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace corokit {
namespace {

enum class Type : std::uint8_t { counter, gauge };

/// What the lines of one metric say of it. The help is a sentence without a backslash or the end of a line, which the
/// format would escape.
struct Family {
  const char* name;
  Type type;
  const char* help;
};

struct OfRuntime {
  Family family;
  std::uint64_t (*value)(const RuntimeMetrics&);
};

struct OfWorker {
  Family family;
  std::uint64_t (*value)(const WorkerMetrics&);
};

using Of = const RuntimeMetrics&;
constexpr std::array kOfRuntime{
    OfRuntime{{"corokit_alive_tasks", Type::gauge, "Tasks that are not over."},
              [](Of m) -> std::uint64_t { return m.alive_tasks; }},
    OfRuntime{{"corokit_spawned_tasks_total", Type::counter, "Tasks that were ever started."},
              [](Of m) { return m.spawned_tasks; }},
    OfRuntime{{"corokit_unhandled_exceptions_total", Type::counter, "Exceptions that nobody took."},
              [](Of m) { return m.unhandled_exceptions; }},
    OfRuntime{
        {"corokit_remote_schedules_total", Type::counter, "Tasks made ready by a thread that is no worker."},
        [](Of m) { return m.remote_schedules; }},
    OfRuntime{{"corokit_shared_queue_tasks", Type::gauge, "Tasks in the queue that all workers share."},
              [](Of m) -> std::uint64_t { return m.shared_queue_depth; }},
    OfRuntime{{"corokit_blocking_threads", Type::gauge, "Threads for functions that block, busy or not."},
              [](Of m) -> std::uint64_t { return m.blocking_threads; }},
    OfRuntime{
        {"corokit_idle_blocking_threads", Type::gauge, "Threads for functions that block, without one."},
        [](Of m) -> std::uint64_t { return m.idle_blocking_threads; }},
    OfRuntime{
        {"corokit_blocking_queue_functions", Type::gauge, "Functions that block and wait for a thread."},
        [](Of m) -> std::uint64_t { return m.blocking_queue_depth; }},
    OfRuntime{{"corokit_workers", Type::gauge, "Workers of the runtime."},
              [](Of m) -> std::uint64_t { return m.workers.size(); }},
};

using By = const WorkerMetrics&;
constexpr std::array kOfWorker{
    OfWorker{
        {"corokit_worker_turns_total", Type::counter, "Runs of a task, each until the task could not go on."},
        [](By m) { return m.turns; }},
    OfWorker{{"corokit_worker_budget_yields_total", Type::counter,
              "Turns that ended with the budget of the task."},
             [](By m) { return m.budget_yields; }},
    OfWorker{{"corokit_worker_local_schedules_total", Type::counter, "Tasks that the worker made ready."},
             [](By m) { return m.local_schedules; }},
    OfWorker{
        {"corokit_worker_overflows_total", Type::counter, "Times that the queue of the worker was full."},
        [](By m) { return m.overflows; }},
    OfWorker{{"corokit_worker_steal_operations_total", Type::counter,
              "Times that it took tasks from another worker."},
             [](By m) { return m.steal_operations; }},
    OfWorker{{"corokit_worker_stolen_tasks_total", Type::counter, "Tasks that it took from other workers."},
             [](By m) { return m.stolen_tasks; }},
    OfWorker{{"corokit_worker_parks_total", Type::counter, "Times that it went to sleep in the kernel."},
             [](By m) { return m.parks; }},
    OfWorker{{"corokit_worker_queue_tasks", Type::gauge, "Tasks in the queue of the worker."},
             [](By m) -> std::uint64_t { return m.queue_depth; }},
};

void begin(std::string& text, const Family& family) {
  text.append("# HELP ").append(family.name).append(" ").append(family.help);
  text.append("\n# TYPE ").append(family.name);
  text.append(family.type == Type::counter ? " counter\n" : " gauge\n");
}

void end_line(std::string& text, std::uint64_t value) {
  text.append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

std::string to_prometheus(const RuntimeMetrics& metrics) {
  std::string text;
  for (const OfRuntime& each : kOfRuntime) {
    begin(text, each.family);
    text.append(each.family.name);
    end_line(text, each.value(metrics));
  }
  if (metrics.workers.empty()) return text;  // the runtime has ended
  for (const OfWorker& each : kOfWorker) {
    begin(text, each.family);
    for (std::size_t worker = 0; worker < metrics.workers.size(); ++worker) {
      text.append(each.family.name).append("{worker=\"").append(std::to_string(worker)).append("\"}");
      end_line(text, each.value(metrics.workers[worker]));
    }
  }
  return text;
}

}  // namespace corokit
