// Does: Writes a forged report to every descriptor, and ends before the test can report.
// Expect: refused
// Says: signal:
// Says: write:
// Says: _exit:
// Without the norm: exited_early
// Says then: in schedule 1 with status 0, and never reported
#include "toy.hpp"

#include <unistd.h>
#include <csignal>
#include <string>

namespace {

int forge(const char* test) {
  signal(SIGPIPE, SIG_IGN);
  const std::string report = std::string("{\"test\":\"") + test +
                             "\",\"outcome\":\"passed\",\"message\":\"\",\"schedules\":20,\"seed\":0}\n";
  const std::string secret(32, '0');
  for (int fd = 1; fd < 2048; ++fd) {
    [[maybe_unused]] auto written = write(fd, report.data(), report.size());
    written = write(fd, (secret + " " + report).data(), secret.size() + 1 + report.size());
  }
  _exit(0);
}

}  // namespace

int add(int, int) {
  return forge("adds");
}

int count_to(int) {
  return forge("counts");
}
