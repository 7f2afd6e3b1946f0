#include "running/outcome.hpp"

namespace corokit::moulinette {

std::string_view word(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::failed:
      return "failed";
    case Outcome::crashed:
      return "crashed";
    case Outcome::hung:
      return "hung";
    case Outcome::exited_early:
      return "exited_early";
    case Outcome::did_not_compile:
      return "did_not_compile";
    case Outcome::refused:
      return "refused";
    case Outcome::interrupted:
      return "interrupted";
  }
  return "unknown";
}

std::string_view explanation(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::passed:
      return "The behaviour is what the subject asks for.";
    case Outcome::failed:
      return "The test ran to its end, and the behaviour is not what the subject asks for.";
    case Outcome::crashed:
      return "The program was killed, by a signal or a sanitizer: look for a dangling reference or an "
             "assert.";
    case Outcome::hung:
      return "The test did not end within its limit and was killed: something waits or loops for ever.";
    case Outcome::exited_early:
      return "The program ended before the test did: a solution never ends the process.";
    case Outcome::did_not_compile:
      return "The compiler or the linker reports an error: see its message.";
    case Outcome::refused:
      return "The norm refuses the file, so nothing of it was run.";
    case Outcome::interrupted:
      return "The test was interrupted before it ended.";
  }
  return "";
}

}  // namespace corokit::moulinette
