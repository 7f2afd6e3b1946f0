#include "verdict/outcome.hpp"

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
    case Outcome::interrupted:
      return "interrupted";
  }
  return "unknown";
}

std::string_view explanation(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::passed:
      return "It did what the subject asks.";
    case Outcome::failed:
      return "It ran to its end and did something else than the subject asks.";
    case Outcome::crashed:
      return "The program was killed by a signal: look for a dangling reference or an assert.";
    case Outcome::hung:
      return "It did not end within its limit and was killed: something waits or loops for ever.";
    case Outcome::exited_early:
      return "The program ended before the test did: a solution never ends the process.";
    case Outcome::did_not_compile:
      return "The compiler or the linker refused it: see its message.";
    case Outcome::interrupted:
      return "It was interrupted before it could end.";
  }
  return "";
}

std::string_view word(Expect expect) noexcept {
  switch (expect) {
    case Expect::wrong:
      return "wrong";
    case Expect::crash:
      return "crash";
    case Expect::hang:
      return "hang";
    case Expect::refused:
      return "refused";
  }
  return "unknown";
}

bool kills(Outcome outcome, Expect expect) noexcept {
  switch (expect) {
    case Expect::wrong:
      return outcome == Outcome::failed;
    case Expect::crash:
      return outcome == Outcome::crashed;
    case Expect::hang:
      return outcome == Outcome::hung;
    case Expect::refused:
      return outcome == Outcome::failed || outcome == Outcome::crashed || outcome == Outcome::hung ||
             outcome == Outcome::exited_early;
  }
  return false;
}

}  // namespace corokit::moulinette
