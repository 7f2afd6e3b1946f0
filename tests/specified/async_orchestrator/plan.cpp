#include "plan.hpp"

#include <algorithm>
#include <queue>

namespace corokit::specified {

Duration draw_duration(Check& check, int most) {
  if (!sim::is_simulated()) return std::chrono::microseconds(check.draw(0, 200 * std::min(most, 20)));
  return std::chrono::microseconds(100 * check.draw(0, 10 * most));
}

Load Load::draw(Check& check, int most) {
  Load load;
  const int count = check.draw(1, most);
  load.limit = check.draw(1, count + 1);
  // Now and then all is slower, so that no constant fits.
  const int scale = sim::is_simulated() && check.draw(1, 8) == 1 ? check.draw(1'000, 100'000) : 1;
  for (int i = 0; i < count; ++i) load.durations.push_back(scale * draw_duration(check, check.draw(0, 60)));
  if (load.end() == 0ms) load.durations.back() = 1ms;  // a load takes some time
  return load;
}

std::vector<AsyncTask> Load::tasks(Recorder& recorder) const {
  std::vector<AsyncTask> all;
  for (const Duration duration : durations)
    all.push_back(recorder.check.draw(1, 4) == 1 ? complainer(recorder, duration)
                                                 : sleeper(recorder, duration));
  return all;
}

std::vector<Span> Load::plan() const {
  std::priority_queue<Duration, std::vector<Duration>, std::greater<>>
      free;  // when each permit is free again
  for (int i = 0; i < limit; ++i) free.push(Duration(0));
  std::vector<Span> spans;
  for (const Duration duration : durations) {
    const Duration start = free.top();
    free.pop();
    free.push(start + duration);
    spans.push_back({start, start + duration});
  }
  return spans;
}

Duration Load::end() const {
  Duration last{0};
  for (const Span& span : plan()) last = std::max(last, span.end);
  return last;
}

Duration Load::moment(Check& check) const {
  // All durations are whole tenths of a millisecond: a time between two of those is nobody's start or end.
  const auto tenths = static_cast<int>(end() / 100us);
  return check.draw(0, tenths - 1) * 100us + 50us;
}

void ran_as_planned(const Recorder& recorder, const std::vector<Span>& plan, Instant begin, Duration until) {
  if (!recorder.simulated) return;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const Entry& entry = recorder.entries[i];
    const std::string task = "task " + show(i);
    if (plan[i].start > until) {
      recorder.check.equal(entry.calls, 0, "how often " + task + " is called, whose turn never came");
      continue;
    }
    if (!recorder.check.equal(entry.calls, 1, "how often " + task + " is called")) return;
    if (!recorder.check.equal(entry.started - begin, plan[i].start, "the time at which " + task + " starts"))
      return;
    const Duration end = std::min(plan[i].end, until);
    if (!recorder.check.equal(entry.gone - begin, end, "the time at which " + task + " ends")) return;
  }
}

}  // namespace corokit::specified
