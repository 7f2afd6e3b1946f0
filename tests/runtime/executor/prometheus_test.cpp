// A small parser holds the text to the grammar of the exposition format, version 0.0.4, as its specification writes it.
#include <corokit/prometheus.hpp>
#include <corokit/runtime.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using test::nothing;

/// Reads a text from its beginning to its end. What it does not expect is a std::runtime_error.
class Parser {
 public:
  struct Family {
    std::string type;
    std::map<std::string, double> samples;  // by the labels as they are written; "" where there are none
  };

  explicit Parser(std::string_view text) : rest_(text) {
    while (!rest_.empty()) line();
    for (const auto& [name, family] : families_)
      if (family.samples.empty()) fail("a family without samples: " + name);
  }
  const std::map<std::string, Family>& families() const noexcept { return families_; }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(what + ", before '" + std::string(rest_.substr(0, 60)) + "'");
  }
  bool next_is(std::string_view word) const { return rest_.substr(0, word.size()) == word; }
  void take(std::string_view word) {
    if (!next_is(word)) fail("expected '" + std::string(word) + "'");
    rest_.remove_prefix(word.size());
  }
  std::string take_all_of(std::string_view allowed) {
    const std::size_t end = std::min(rest_.find_first_not_of(allowed), rest_.size());
    std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return word;
  }
  std::string name(std::string_view also) {
    static const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    std::string word = take_all_of(letters + "0123456789" + std::string(also));
    if (word.empty() || (word[0] >= '0' && word[0] <= '9')) fail("expected a name");
    return word;
  }

  void line() {
    if (next_is("# HELP "))
      help();
    else if (next_is("# TYPE "))
      type();
    else
      sample();
  }
  void help() {
    take("# HELP ");
    current_ = name(":");
    take(" ");
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos || end == 0) fail("expected a line of help");
    for (std::size_t i = 0; i < end; ++i)
      if (rest_[i] == '\\' && (++i == end || (rest_[i] != '\\' && rest_[i] != 'n'))) fail("a wrong escape");
    rest_.remove_prefix(end + 1);
    if (!helped_.insert(current_).second) fail("a second HELP");
  }
  void type() {
    take("# TYPE ");
    if (name(":") != current_) fail("expected the TYPE of " + current_);
    take(" ");
    const std::string type = name("");
    if (type != "counter" && type != "gauge") fail("a type that is not used here");
    if (!families_.emplace(current_, Family{type, {}}).second) fail("a second TYPE");
    take("\n");
  }
  void sample() {
    if (name(":") != current_) fail("expected a sample of " + current_);
    const std::string labels = next_is("{") ? take_labels() : "";
    take(" ");
    const std::string number = take_all_of("0123456789+-.eE");
    std::size_t read = 0;
    const double value = std::stod(number, &read);
    if (read != number.size()) fail("expected a number");
    if (!families_.at(current_).samples.emplace(labels, value).second) fail("a second sample");
    take("\n");
  }
  std::string take_labels() {
    const std::string_view whole = rest_;
    take("{");
    for (;;) {
      name("");
      take("=\"");
      while (!next_is("\"")) {
        if (rest_.empty() || next_is("\n")) fail("a label without an end");
        if (next_is("\\")) {
          rest_.remove_prefix(1);
          if (!next_is("\\") && !next_is("\"") && !next_is("n")) fail("a wrong escape");
        }
        rest_.remove_prefix(1);
      }
      take("\"");
      if (!next_is(",")) break;
      take(",");
    }
    take("}");
    return std::string(whole.substr(0, whole.size() - rest_.size()));
  }

  std::string_view rest_;
  std::string current_;
  std::set<std::string> helped_;
  std::map<std::string, Family> families_;
};

RuntimeMetrics all_different() {
  RuntimeMetrics metrics{.alive_tasks = 1,
                         .spawned_tasks = 2,
                         .unhandled_exceptions = 3,
                         .remote_schedules = 4,
                         .shared_queue_depth = 5,
                         .blocking_threads = 6,
                         .idle_blocking_threads = 7,
                         .blocking_queue_depth = 8,
                         .workers = {}};
  for (std::uint64_t from : {10, 20})
    metrics.workers.push_back({.turns = from,
                               .budget_yields = from + 1,
                               .local_schedules = from + 2,
                               .overflows = from + 3,
                               .steal_operations = from + 4,
                               .stolen_tasks = from + 5,
                               .parks = from + 6,
                               .queue_depth = from + 7});
  return metrics;
}

std::optional<double> sample(const Parser& parsed, const std::string& name, const std::string& labels = "") {
  const auto family = parsed.families().find(name);
  if (family == parsed.families().end()) return std::nullopt;
  const auto found = family->second.samples.find(labels);
  return found == family->second.samples.end() ? std::nullopt : std::optional(found->second);
}

TEST(Prometheus, EachNumberOfARuntimeIsASample) {
  const Parser parsed(to_prometheus(all_different()));
  EXPECT_EQ(sample(parsed, "corokit_alive_tasks"), 1);
  EXPECT_EQ(sample(parsed, "corokit_spawned_tasks_total"), 2);
  EXPECT_EQ(sample(parsed, "corokit_unhandled_exceptions_total"), 3);
  EXPECT_EQ(sample(parsed, "corokit_remote_schedules_total"), 4);
  EXPECT_EQ(sample(parsed, "corokit_shared_queue_tasks"), 5);
  EXPECT_EQ(sample(parsed, "corokit_blocking_threads"), 6);
  EXPECT_EQ(sample(parsed, "corokit_idle_blocking_threads"), 7);
  EXPECT_EQ(sample(parsed, "corokit_blocking_queue_functions"), 8);
  EXPECT_EQ(sample(parsed, "corokit_workers"), 2);
}

TEST(Prometheus, EachNumberOfAWorkerIsASampleWithItsIndex) {
  const Parser parsed(to_prometheus(all_different()));
  const char* const names[] = {"turns_total",
                               "budget_yields_total",
                               "local_schedules_total",
                               "overflows_total",
                               "steal_operations_total",
                               "stolen_tasks_total",
                               "parks_total",
                               "queue_tasks"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    const std::string name = std::string("corokit_worker_") + names[i];
    EXPECT_EQ(sample(parsed, name, "{worker=\"0\"}"), 10 + i) << name;
    EXPECT_EQ(sample(parsed, name, "{worker=\"1\"}"), 20 + i) << name;
    EXPECT_EQ(parsed.families().at(name).samples.size(), 2U) << name;
  }
}

TEST(Prometheus, WhatOnlyGrowsIsACounterAndEndsInTotal) {
  const Parser parsed(to_prometheus(all_different()));
  EXPECT_EQ(parsed.families().size(), 17U);
  for (const auto& [name, family] : parsed.families()) {
    EXPECT_EQ(name.rfind("corokit_", 0), 0U) << name;
    const bool is_total = name.size() > 6 && name.substr(name.size() - 6) == "_total";
    EXPECT_EQ(is_total, family.type == "counter") << name;
  }
}

TEST(Prometheus, ARuntimeThatHasEndedHasNoSamplesOfWorkers) {
  const Parser parsed(to_prometheus(RuntimeMetrics()));
  EXPECT_EQ(sample(parsed, "corokit_workers"), 0);
  EXPECT_EQ(parsed.families().count("corokit_worker_turns_total"), 0U);
}

TEST(Prometheus, LargeNumbersAreWrittenInFull) {
  RuntimeMetrics metrics;
  metrics.spawned_tasks = UINT64_MAX;
  const std::string text = to_prometheus(metrics);
  EXPECT_NE(text.find("\ncorokit_spawned_tasks_total 18446744073709551615\n"), std::string::npos);
}

TEST(Prometheus, TheMetricsOfARuntimeThatRunsAreWellFormed) {
  Runtime runtime = Runtime::multi_thread(2);
  for (int i = 0; i < 10; ++i) runtime.block_on(nothing());
  const Parser parsed(to_prometheus(runtime.metrics()));
  EXPECT_EQ(sample(parsed, "corokit_spawned_tasks_total"), 10);
  EXPECT_EQ(sample(parsed, "corokit_workers"), 2);
}

TEST(Prometheus, TheParserOfThisTestRefusesWhatIsNotOfTheFormat) {
  for (const char* wrong :
       {"a 1\n", "# TYPE a counter\na 1\n", "# HELP a x\n# TYPE a counter\na 1",
        "# HELP a x\n# TYPE a counter\na{b} 1\n", "# HELP a x\n# TYPE a counter\na{b=\"1} 1\n",
        "# HELP a x\n# TYPE a counter\na one\n", "# HELP a x\n# TYPE a counter\nb 1\n",
        "# HELP a x\n# TYPE a counter\na 1\na 2\n", "# HELP a x\n# TYPE a counter\n",
        "# HELP a x\n# TYPE a number\na 1\n", "# HELP 1a x\n# TYPE 1a counter\n1a 1\n"})
    EXPECT_THROW(Parser{wrong}, std::exception) << wrong;
  EXPECT_NO_THROW(Parser("# HELP a x\n# TYPE a counter\na{b=\"\\\"\",c=\"2\"} 1.5e3\n"));
}

}  // namespace
}  // namespace corokit
