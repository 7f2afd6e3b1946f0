// A task that does I/O which is ready again and again gives way once its budget is spent, as with all other awaitables
// (budget_gives_way_test.cpp, budget_test.cpp).
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unconstrained.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include "support/each_budget.hpp"
#include "support/manual_executor.hpp"
#include "support/on_each_runtime.hpp"
#include "support/ready_io.hpp"

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

// A new awaitable must be added to ready_io.hpp.
TEST(IoBudget, PlaysEveryAwaitableOfIo) {
  std::set<std::string> played(kIoAlwaysWaits.begin(), kIoAlwaysWaits.end());
  played.insert("BufferedReader::fill");  // private
  for (const ReadyIoOperation& operation : ready_io_operations())
    played.insert(operation.name.substr(0, operation.name.find(',')));
  const std::regex declaration(R"(\nclass (\w+)|(\n\};)|\bTask<[^;{()]*>\s+(\w+)\()");
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ROOT "/runtime/include/corokit/io")) {
    std::ifstream file(entry.path());
    const std::string source(std::istreambuf_iterator<char>(file), {});
    std::string prefix;
    for (std::sregex_iterator match(source.begin(), source.end(), declaration), end; match != end; ++match) {
      const std::smatch& what = *match;
      if (what[1].matched) prefix = what[1].str() + "::";
      if (what[2].matched) prefix.clear();
      if (!what[3].matched || what[3] == "call_when_ready") continue;
      ++found;
      EXPECT_TRUE(played.contains(prefix + what[3].str())) << prefix << what[3] << " in " << entry.path();
    }
  }
  EXPECT_GE(found, 33u);
}

/// Awaits an operation over and over, until another task has run, or too often.
template <class Await>
Task<int> count_until_another_task_runs(const ReadyIoOperation& operation, Await await) {
  bool other_ran = false;
  const auto other = spawn([](bool& ran) -> Task<void> {
    ran = true;
    co_return;
  }(other_ran));
  int rounds = 0;
  for (; !other_ran && rounds < 100; ++rounds) {
    ReadyIo io;
    co_await await(operation.make(io));
  }
  co_return rounds;
}

template <class Await>
void every_operation_gives_way(Await await) {
  for (const ReadyIoOperation& operation : ready_io_operations()) {
    ManualExecutor executor;
    executor.set_budget(16);
    auto handle = detail::spawn_on(executor, count_until_another_task_runs(operation, await));
    executor.run_all();
    ASSERT_TRUE(handle.is_finished()) << operation.name;
    EXPECT_LE(handle.cell().take(), 20) << operation.name;
  }
}

TEST(IoBudget, EveryAwaitableGivesWayOnceItIsSpent) {
  every_operation_gives_way([](auto operation) { return operation; });
}

TEST(IoBudget, EveryAwaitableGivesWayInsideOfASelect) {
  every_operation_gives_way([](auto operation) { return select(biased, std::move(operation)); });
}

TEST(IoBudget, EveryAwaitableGivesWayInsideOfATimeout) {
  every_operation_gives_way([](auto operation) { return timeout(1h, std::move(operation)); });
}

/// Awaits what `combine(operation, marker)` makes of an operation that is over at once.
template <class Combine>
Task<std::string> play(const ReadyIoOperation& operation, Combine combine) {
  ReadyIo io;
  int begun = 0;
  std::string told = co_await combine(operation.make(io), begun);
  co_return told + ", begun behind it: " + std::to_string(begun);
}

template <class Combine>
void every_operation_does_the_same_at_each_budget(Combine combine) {
  for (const ReadyIoOperation& operation : ready_io_operations())
    does_the_same_at_each_budget(operation.name, [&] { return play(operation, combine); });
}

Task<int> count_beginning(int& begun) {
  ++begun;
  co_return 0;
}

TEST(IoBudget, DoesNotChangeWhoWinsABiasedSelect) {
  every_operation_does_the_same_at_each_budget([](Task<int> operation, int& begun) -> Task<std::string> {
    auto first = co_await select(biased, std::move(operation), count_beginning(begun));
    co_return std::to_string(first.index());
  });
}

TEST(IoBudget, DoesNotChangeAJoin) {
  every_operation_does_the_same_at_each_budget([](Task<int> operation, int& begun) -> Task<std::string> {
    auto all = co_await join(std::move(operation), count_beginning(begun), count_beginning(begun));
    co_return std::to_string(std::get<0>(all));
  });
}

TEST(IoBudget, DoesNotChangeATimeout) {
  every_operation_does_the_same_at_each_budget([](Task<int> operation, int&) -> Task<std::string> {
    const auto result = co_await timeout(0s, std::move(operation));
    co_return result ? "in time" : "too late";
  });
}

/// A stream that never waits and never ends: it gives and takes a few bytes at once, and counts how often.
class Endless {
 public:
  explicit Endless(int& pieces) : pieces_(&pieces) {}
  Task<io::IoResult<std::size_t>> read(io::MutableBuffer into) {
    const std::size_t count = std::min<std::size_t>(into.size(), 4);
    std::fill_n(into.data(), count, 'x');
    ++*pieces_;
    co_return count;
  }
  Task<io::IoResult<std::size_t>> write(io::ConstBuffer from) {
    ++*pieces_;
    co_return std::min<std::size_t>(from.size(), 4);
  }

 private:
  int* pieces_;
};

constexpr int kBudget = 16;
constexpr std::size_t kLong = 100'000;

/// Runs two turns of a task that moves pieces, and counts them, without an end in sight.
template <class Operate>
void gives_way_every_few_pieces(const char* name, Operate operate) {
  int pieces = 0;
  ManualExecutor executor;
  executor.set_budget(kBudget);
  auto handle = detail::spawn_on(executor, operate(pieces));
  for (const int turn : {1, 2, 3}) {
    const int before = pieces;
    executor.run(handle.cell());
    EXPECT_FALSE(handle.is_finished()) << name;
    EXPECT_TRUE(executor.is_scheduled(handle.cell())) << name << " waits for its next turn only";
    EXPECT_GT(pieces, before) << name << ", turn " << turn;
    EXPECT_LE(pieces - before, kBudget + 2) << name << ", turn " << turn;
  }
  handle.abort();
  executor.run_all();
  handle.detach();
}

TEST(IoBudget, OneLongOperationGivesWay) {
  gives_way_every_few_pieces("read_exact", [](int& pieces) -> Task<void> {
    Endless stream(pieces);
    std::string bytes(kLong, ' ');
    static_cast<void>(co_await io::read_exact(stream, bytes));
  });
  gives_way_every_few_pieces("read_to_end", [](int& pieces) -> Task<void> {
    Endless stream(pieces);
    std::string bytes;
    static_cast<void>(co_await io::read_to_end(stream, bytes, kLong));
  });
  gives_way_every_few_pieces("write_all", [](int& pieces) -> Task<void> {
    Endless stream(pieces);
    static_cast<void>(co_await io::write_all(stream, std::string(kLong, 'x')));
  });
  gives_way_every_few_pieces("copy", [](int& pieces) -> Task<void> {
    Endless stream(pieces);
    static_cast<void>(co_await io::copy(stream, stream));
  });
  gives_way_every_few_pieces("BufferedReader::next_line", [](int& pieces) -> Task<void> {
    Endless stream(pieces);
    io::BufferedReader reader(stream);
    static_cast<void>(co_await reader.next_line(kLong));
  });
  gives_way_every_few_pieces("BufferedReader::read_until, what it has read ahead",
                             [](int& pieces) -> Task<void> {
                               int ahead = 0;
                               Endless stream(ahead);
                               io::BufferedReader reader(stream);
                               for (;; ++pieces) static_cast<void>(co_await reader.read_until('x'));
                             });
  gives_way_every_few_pieces("AsyncFd::read_with, of a call that signals interrupt",
                             [](int& pieces) -> Task<void> {
                               ReadyIo io;
                               static_cast<void>(co_await io.counter().read_with([&pieces] {
                                 ++pieces;
                                 errno = EINTR;
                                 return -1;
                               }));
                             });
}

TEST(IoBudget, UnconstrainedIoDoesNotGiveWay) {
  int pieces = 0;
  ManualExecutor executor;
  executor.set_budget(kBudget);
  const auto operate = [](int& count) -> Task<void> {
    Endless stream(count);
    static_cast<void>(co_await unconstrained(io::write_all(stream, std::string(4'000, 'x'))));
  };
  auto handle = detail::spawn_on(executor, operate(pieces));
  executor.run(handle.cell());
  EXPECT_EQ(pieces, 1'000);
  executor.run_all();
  EXPECT_TRUE(handle.is_finished());
  handle.detach();
}

using IoBudgetOn = OnEachRuntime;

/// Writes and reads bytes of a stream that is always ready, until it is told to stop.
Task<void> flood(const std::atomic<bool>* stop) {
  auto [to, from] = io::UnixStream::pair().value();
  char byte = 'x';
  while (!stop->load()) {
    (co_await to.write({&byte, 1})).value();
    (co_await from.read({&byte, 1})).value();
  }
}

Task<void> echo(io::UnixStream stream) {
  static_cast<void>(co_await io::copy(stream, stream));
}

TEST_P(IoBudgetOn, AStreamThatIsAlwaysReadyStarvesNoOtherOne) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    std::atomic<bool> stop = false;
    std::vector<JoinHandle<void>> floods;
    for (int i = 0; i < 3; ++i) floods.push_back(spawn(flood(&stop)));
    auto both = io::UnixStream::pair().value();
    JoinHandle<void> echoes = spawn(echo(std::move(both.second)));
    int answers = 0;
    for (; answers < 20; ++answers) {
      char byte = static_cast<char>(answers);
      (co_await both.first.write({&byte, 1})).value();
      std::array<char, 1> answer{};
      (co_await both.first.read(answer)).value();
      EXPECT_EQ(answer[0], byte);
    }
    stop = true;
    for (auto& each : floods) static_cast<void>(co_await each);
    both.first.shutdown(io::UnixStream::Shutdown::writing).value();
    static_cast<void>(co_await echoes);
    co_return answers;
  };
  EXPECT_EQ(runtime.block_on(program()), 20);
}

COROKIT_ON_EACH_RUNTIME(IoBudgetOn);

}  // namespace
}  // namespace corokit::test
