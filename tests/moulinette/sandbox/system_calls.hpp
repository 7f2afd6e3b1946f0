#pragma once
#include <linux/filter.h>
#include <vector>

namespace corokit::moulinette {

/// Which system calls a program in a box needs.
enum class Needs {
  compiler,   // files, and processes of its own
  test,       // memory, threads, the clock, and the descriptors that it was given
  replay,     // the same, and processes of its own in which schedules are played
  explorer,   // what a test needs, and to begin again with other addresses
  sanitizer,  // a test with a sanitizer, which reads its program and looks for leaks as a debugger does
};

/// Returns: the filter that lets through what such a program needs, for the machine that this program runs on. Another
///   call ends a test with SIGSYS, and is refused to a compiler. It is made once.
/// Throws: Error if libseccomp cannot make it.
const std::vector<sock_filter>& system_call_filter(Needs needs);

}  // namespace corokit::moulinette
