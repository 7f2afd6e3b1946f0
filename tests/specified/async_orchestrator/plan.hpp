#pragma once
// What a run must look like: tasks of known durations get the permits in the order of submission, each as soon as one is
// free. In virtual time this decides when each task starts and ends.
#include "noted_orchestrator.hpp"

#include <vector>

namespace corokit::specified {

/// The times of one task, counted from the start of the run.
struct Span {
  Duration start;
  Duration end;
};

/// Some tasks, and the limit that they run under.
struct Load {
  int limit = 1;
  std::vector<Duration> durations;

  /// Draws a load that takes some time: up to `most` tasks, some of them longer than others, and a limit that may be larger
  /// than their number.
  static Load draw(Check& check, int most);

  /// Tasks of these durations, some of which answer with an error string.
  std::vector<AsyncTask> tasks(Recorder& recorder) const;
  /// When each of them starts and ends.
  std::vector<Span> plan() const;
  /// When the last of them ends.
  Duration end() const;
  /// A time before end() at which none of them starts or ends. Requires: some task takes time.
  Duration moment(Check& check) const;
};

/// Draws a duration of up to `most` milliseconds, which is rarely a whole number of them. On threads it is short.
Duration draw_duration(Check& check, int most);

/// Checks when each task of the recorder started and ended, if that was before `until`; the others must not have started,
/// or must have been dropped then. On threads it checks nothing.
void ran_as_planned(const Recorder& recorder, const std::vector<Span>& plan, Instant begin,
                    Duration until = Duration::max());

}  // namespace corokit::specified
