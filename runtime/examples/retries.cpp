// Timeouts and retries: a client gives up a request to an unreliable server after a while, and tries again after a pause.
// The pause doubles each time, so that a server in trouble is not flooded.
//
// Look at:
//   - timeout(): it drops the request that took too long, at whichever point that waits. Destructors give back all that
//     the request holds; here one says so.
//   - fetch_with_retries(): three outcomes, told apart by value: a reply, an error of the server, no reply in time.
#include <corokit/runtime.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <cstdio>
#include <string>

using namespace corokit;
using namespace std::chrono_literals;

namespace {

using Reply = Result<std::string, std::string>;

struct Connection {
  ~Connection() { std::printf("  the connection is closed\n"); }
};

/// Never answers the first request, refuses the second and the third, and answers the fourth.
Task<Reply> request(int attempt) {
  const Connection connection;
  if (attempt == 1) co_await sleep(24h);
  if (attempt <= 3) co_return Err<std::string>("503, busy");
  co_return "200, here you are";
}

Task<Reply> fetch_with_retries(int attempts) {
  Duration pause = 1ms;
  std::string reason;
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    if (attempt > 1) {
      std::printf("  pause of %d ms\n", static_cast<int>(pause / 1ms));
      co_await sleep(pause);
      pause *= 2;
    }
    std::printf("attempt %d\n", attempt);
    auto reply = co_await timeout(20ms, request(attempt));
    if (reply && *reply) co_return std::move(*reply);
    reason = reply ? reply->error() : std::string("no reply in time");
    std::printf("  %s\n", reason.c_str());
  }
  co_return Err<std::string>(std::move(reason));
}

Task<> client() {
  const Reply patient = co_await fetch_with_retries(5);
  std::printf("%s\n", patient ? patient->c_str() : patient.error().c_str());
  const Reply hasty = co_await fetch_with_retries(2);
  std::printf("given up: %s\n", hasty ? hasty->c_str() : hasty.error().c_str());
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(client());
}
