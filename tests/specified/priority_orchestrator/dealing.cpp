#include "dealing.hpp"

namespace corokit::specified {
namespace {

using Rows = std::vector<PriorityResult>;

Rows by_start(Rows results) {
  std::stable_sort(results.begin(), results.end(),
                   [](const PriorityResult& a, const PriorityResult& b) { return a.started < b.started; });
  return results;
}

Duration work(const Tasks& queue) {
  Duration sum{0};
  for (const PrioritizedTask& task : queue) sum += task.estimated_duration;
  return sum;
}

void remove(Tasks& queue, std::uint32_t id) {
  std::erase_if(queue, [id](const PrioritizedTask& task) { return task.id == id; });
}

bool has(const Tasks& queue, std::uint32_t id) {
  return std::any_of(queue.begin(), queue.end(), [id](const PrioritizedTask& task) { return task.id == id; });
}

}  // namespace

void one_at_a_time(Check& check, const std::vector<PriorityResult>& results, std::size_t workers) {
  std::map<std::size_t, const PriorityResult*> last;
  const Rows rows = by_start(results);
  for (const PriorityResult& row : rows) {
    check.that(row.worker < workers,
               "a result names worker " + show(row.worker) + ", of " + show(workers) + " from 0 on");
    const PriorityResult*& before = last[row.worker];
    check.that(!in_virtual_time() || !before || before->ended <= row.started,
               "the results say that one worker ran two tasks at once");
    before = &row;
  }
}

Dealing::Dealing(const Tasks& tasks, std::size_t workers) : all_(in_order(tasks)), queues_(workers) {
  for (const PrioritizedTask& task : all_)
    std::min_element(queues_.begin(), queues_.end(), [](const Queue& a, const Queue& b) {
      return work(a) < work(b);
    })->push_back(task);
}

std::string Dealing::fault_without(const Rows& results, Instant begin) const {
  for (const Queue& queue : queues_) {
    const PriorityResult* before = nullptr;
    for (const PrioritizedTask& task : queue) {
      const PriorityResult& row =
          *std::find_if(results.begin(), results.end(),
                        [&](const PriorityResult& each) { return each.task_id == task.id; });
      const std::string who = "with stealing off, task " + show(task.id);
      if (before && row.worker != before->worker)
        return who +
               " does not run on the worker that had the least estimated work when it was dealt out, with "
               "task " +
               show(before->task_id);
      if (row.started != (before ? before->ended : begin))
        return who + " starts at " + show(row.started - begin) + ", and its worker is free for it at " +
               show((before ? before->ended : begin) - begin);
      before = &row;
    }
  }
  return {};
}

std::string Dealing::fault_with_stealing(const Rows& results) const {
  const Rows rows = by_start(results);
  const std::string fault = fault_of_queues(rows);
  return fault.empty() || fault_of_one_queue(rows).empty() ? std::string() : fault;
}

std::string Dealing::fault_of_queues(const Rows& rows) const {
  std::vector<Queue> queues = queues_;
  std::map<std::size_t, std::size_t> queue_of;  // by worker: the queue whose first task it started with
  for (const PriorityResult& row : rows) {
    const std::uint32_t id = row.task_id;
    const auto home = std::find_if(queues.begin(), queues.end(), [id](const Queue& q) { return has(q, id); });
    const auto place = static_cast<std::size_t>(home - queues.begin());
    const Queue& own = queues[queue_of.emplace(row.worker, place).first->second];
    const std::string what = "worker " + show(row.worker) + " takes task " + show(id);
    if (!own.empty() && own.front().id != id)
      return what + ", and its own queue holds another that comes first";
    if (own.empty()) {
      const Queue& fullest = *std::max_element(
          queues.begin(), queues.end(), [](const Queue& a, const Queue& b) { return work(a) < work(b); });
      if (fullest.front().id != id && fullest.back().id != id)
        return what + ", which is at neither end of the fullest queue, nor the most urgent of all";
    }
    remove(*home, id);
  }
  return {};
}

std::string Dealing::fault_of_one_queue(const Rows& rows) const {
  Tasks left = all_;
  for (const PriorityResult& row : rows) {
    // Tasks that start at the same time may do so in any order.
    const auto place = static_cast<std::size_t>(
        std::find_if(left.begin(), left.end(),
                     [&](const PrioritizedTask& task) { return task.id == row.task_id; }) -
        left.begin());
    const auto together = static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [&](const PriorityResult& each) { return each.started == row.started; }));
    if (place >= together) return "task " + show(row.task_id) + " starts before a more urgent one";
    remove(left, row.task_id);
  }
  return {};
}

}  // namespace corokit::specified
