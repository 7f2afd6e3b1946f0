// A bounded crawler: it follows every link of a site once, and fetches at most two pages at a time.
//
// Look at:
//   - fetch(): the permit limits how many fetches are under way. It is given back when it goes out of scope, however
//     the coroutine ends.
//   - crawl(): the JoinSet gives the pages in the order in which they arrive, and the loop ends after the last of them.
//     The fetches run in parallel, but only this task touches `seen`, so `seen` needs no lock.
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace corokit;
using namespace std::chrono_literals;

namespace {

using Site = std::map<std::string, std::vector<std::string>>;

const Site site = {{"/", {"/docs", "/blog", "/about"}},
                   {"/docs", {"/", "/docs/tasks", "/docs/timers"}},
                   {"/docs/tasks", {"/docs"}},
                   {"/docs/timers", {"/docs", "/docs/tasks"}},
                   {"/blog", {"/blog/first", "/blog/new"}},
                   {"/blog/first", {"/blog/new"}},
                   {"/blog/new", {"/blog/first", "/"}},
                   {"/about", {}}};

struct Network {
  Semaphore slots{2};
  std::atomic<int> fetching{0};
  std::atomic<bool> is_overloaded{false};
};

Task<std::vector<std::string>> fetch(Network& network, std::string page) {
  const auto permit = co_await network.slots.acquire();
  if (++network.fetching > 2) network.is_overloaded = true;
  co_await sleep(1ms);  // stands for the network
  --network.fetching;
  co_return site.at(page);
}

Task<> crawl() {
  Network network;
  std::set<std::string> seen = {"/"};
  JoinSet<std::vector<std::string>> fetches;
  fetches.spawn(fetch(network, "/"));
  while (const auto links = co_await fetches.join_next()) {
    for (const std::string& link : links->value())
      if (seen.insert(link).second) fetches.spawn(fetch(network, link));
  }
  for (const std::string& page : seen) std::printf("%s\n", page.c_str());
  std::printf("%zu pages, %s\n", seen.size(),
              network.is_overloaded ? "too many at a time" : "at most two at a time");
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(crawl());
}
