// Does: waits, on other threads than the one of the simulation alone, for what never comes.
// Expect: hung hung hung hung passed hung hung
// Says: killed on the thread pool, still running after 4 s
// Exercise: async_orchestrator
// In: orchestrator/src/matrix_orchestrator.cpp
// In place of: StartedTasks started;
// clang-format off
  StartedTasks started;
  thread_local int here = 0;
  static const int* const first = &here;
  if (&here != first) {
    const CancellationToken nobody;
    co_await nobody.cancelled();
  }
