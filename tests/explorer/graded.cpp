#include "graded.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "specified/harness/channel.hpp"

namespace corokit::model {
namespace {

namespace channel = specified::channel;

/// What a finding begins with, and what its kind is called.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kKinds{{
    {"a data race", "data race"},
    {"a deadlock", "deadlock"},
    {"a lost wake-up", "lost wake-up"},
    {"a livelock", "livelock"},
    {"a use after free", "use after free"},
    {"a double free", "double free"},
    {"a leak", "leak"},
    {"a crash", "crash"},
    {"an uncaught exception", "uncaught exception"},
    {"never reached", "not reached"},
    {"the program is not deterministic", "not deterministic"},
    {"the program is too large", "too large"},
}};

std::string_view kind_of(std::string_view finding) {
  for (const auto& [begin, kind] : kKinds)
    if (finding.starts_with(begin)) return kind;
  return "broken";
}

/// Returns: the places that a text names, such as "oneshot.hpp:25", each once, in their order.
std::vector<std::string> places_in(const std::string& text) {
  std::vector<std::string> places;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t colon = word.find("pp:");
    if (colon == std::string::npos) continue;
    const std::size_t end = word.find_first_not_of("0123456789", colon + 3);
    word.resize(std::min(end, word.size()));
    if (std::ranges::find(places, word) == places.end()) places.push_back(word);
  }
  return places;
}

void say(const std::string& json) {
  if (channel::connected())
    channel::write_line(" " + json + "\n");
  else
    std::printf("%s\n", json.c_str());
}

std::string quoted(std::string_view text) {
  std::string json;
  channel::append_quoted(json, text);
  return json;
}

/// A file in memory, which the recording of a schedule is written to.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("recording", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error("there is no memory for the recording");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  /// Returns: its text in one line.
  std::string line() const {
    std::ifstream file(path());
    std::string text{std::istreambuf_iterator<char>(file), {}};
    std::ranges::replace(text, '\n', ' ');
    return text;
  }

 private:
  int descriptor_;
};

/// One program that the grader asks for.
struct Order {
  std::string name;
  explorer::Options options = {};
};

Order parse(const std::string& text) {
  Order order;
  order.options.search = explorer::Search::depth_first;
  order.options.preemptions = 2;
  order.options.schedules = 200'000;
  std::istringstream fields(text);
  std::getline(fields, order.name, ':');
  std::vector<std::uint64_t> numbers;
  for (std::string field; std::getline(fields, field, ':');) numbers.push_back(std::stoull(field));
  if (!numbers.empty() && numbers.size() != 4)
    throw std::runtime_error(text + " is no NAME:PREEMPTIONS:STALE_LOADS:SPURIOUS_WAKES:SCHEDULES");
  if (numbers.empty()) return order;
  order.options.preemptions = static_cast<unsigned>(numbers[0]);
  order.options.stale_loads = static_cast<unsigned>(numbers[1]);
  order.options.spurious_wakes = static_cast<unsigned>(numbers[2]);
  order.options.schedules = numbers[3];
  return order;
}

std::string passed(const std::string& name, const explorer::Report& report, const std::string& recording) {
  const std::string coverage = report.coverage.substr(0, report.coverage.find('\n'));
  return "{\"part\":" + quoted(name) +
         ",\"outcome\":\"passed\",\"schedules\":" + std::to_string(report.schedules) +
         ",\"exhausted\":" + (report.exhausted ? "true" : "false") + ",\"coverage\":" + quoted(coverage) +
         ",\"token\":" + quoted(report.token) + (recording.empty() ? "" : ",\"recording\":" + recording) +
         "}";
}

std::string failed(const std::string& name, const explorer::Report& report, const std::string& recording) {
  const std::string finding = report.failure.substr(0, report.failure.find('\n'));
  std::string where;
  for (const std::string& place : places_in(finding)) where += (where.empty() ? "" : ",") + quoted(place);
  return "{\"part\":" + quoted(name) + ",\"outcome\":\"failed\",\"finding\":" + quoted(kind_of(finding)) +
         ",\"message\":" + quoted(channel::shortened(finding)) + ",\"where\":[" + where +
         "],\"schedules\":" + std::to_string(report.schedules) + ",\"token\":" + quoted(report.token) +
         (recording.empty() ? "" : ",\"recording\":" + recording) + "}";
}

}  // namespace

void receive_orders_of_grader() {
  channel::receive_orders(0, nullptr, nullptr);
}

bool play_for_grader(Player& player, const std::vector<std::string>& orders, const std::string& token) {
  bool all_right = true;
  for (const std::string& text : orders) {
    Order order = parse(text);
    const auto program = std::ranges::find(player.programs(), order.name, &Player::Program::name);
    if (program == player.programs().end()) throw std::runtime_error("there is no program " + order.name);
    say("{\"begins\":" + quoted(order.name) + "}");
    const MemoryFile recording;
    order.options.name = order.name;
    order.options.replay = token;
    order.options.record = recording.path();
    const explorer::Report report = player.explore(*program, order.options);
    const bool is_right = report.failure.empty();
    say(is_right ? passed(order.name, report, recording.line())
                 : failed(order.name, report, recording.line()));
    all_right = all_right && is_right;
  }
  if (all_right) say("{\"outcome\":\"passed\"}");
  return all_right;
}

}  // namespace corokit::model
