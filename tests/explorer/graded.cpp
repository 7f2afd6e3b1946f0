#include "graded.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "simulation/recording_json.hpp"
#include "simulation/strategies.hpp"

#include "specified/harness/channel.hpp"

#include "duel.hpp"

namespace corokit::model {
namespace {

namespace channel = specified::channel;

/// What a finding begins with, and what its kind is called.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kKinds{{
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
    {"the program is beyond the explorer", "too large"},
    {"the budget is too small", "too large"},
    {"the program ended before", "crash"},
    {"a thread that does not exist", "crash"},
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

/// Returns: a JSON list of what `text(item)` makes of the items.
template <class Range, class Text>
std::string list(const Range& range, const Text& text) {
  std::string json;
  for (const auto& item : range) json += (json.empty() ? "" : ",") + text(item);
  return "[" + json + "]";
}

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

/// `more`: further fields.
std::string passed(const std::string& name, const explorer::Report& report, const std::string& more) {
  const std::string coverage = report.coverage.substr(0, report.coverage.find('\n'));
  return "{\"part\":" + quoted(name) +
         ",\"outcome\":\"passed\",\"schedules\":" + std::to_string(report.schedules) +
         ",\"exhausted\":" + (report.exhausted ? "true" : "false") + ",\"coverage\":" + quoted(coverage) +
         ",\"token\":" + quoted(report.token) + more + "}";
}

std::string failed(const std::string& name, const explorer::Report& report, const std::string& more) {
  const std::string finding = report.failure.substr(0, report.failure.find('\n'));
  return "{\"part\":" + quoted(name) + ",\"outcome\":\"failed\",\"finding\":" + quoted(kind_of(finding)) +
         ",\"message\":" + quoted(channel::shortened(finding)) +
         ",\"where\":" + list(places_in(finding), [](const std::string& place) { return quoted(place); }) +
         ",\"schedules\":" + std::to_string(report.schedules) + ",\"token\":" + quoted(report.token) + more +
         "}";
}

const Player::Program& find(const Player& player, const std::string& name) {
  const auto program = std::ranges::find(player.programs(), name, &Player::Program::name);
  if (program == player.programs().end()) throw std::runtime_error("there is no program " + name);
  return *program;
}

/// Returns: the moves that a schedule would be in a duel.
std::string moves_of(Player& player, const Order& order, const Player::Program& program) {
  explorer::Replay schedule(explorer::parse_token(order.options.replay).value_or(explorer::Deviations()));
  explorer::Moves moves(schedule, explorer::Asked(player, order.options.stale_loads));
  explorer::Choices choices(moves);
  player.play(program, order.options, choices, nullptr);
  return list(moves.moves(), [](std::size_t move) { return std::to_string(move); });
}

/// Returns: among what is to be chosen.
std::string options_of(const Player& player, const explorer::Duel::Question& question) {
  using About = explorer::Asked::About;
  if (question.about == About::value)
    return list(question.values,
                [](const std::string& value) { return "{\"value\":" + quoted(value) + "}"; });
  if (question.about == About::number) {
    std::vector<std::size_t> numbers(question.count);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    return list(numbers, [](std::size_t number) { return "{\"number\":" + std::to_string(number) + "}"; });
  }
  return list(question.threads, [&](std::size_t thread) {
    const auto line = player.line(player.engine.threads.place(thread));
    return "{\"thread\":" + quoted(lane_name(thread)) + ",\"place\":" + quoted(line ? line->place : "") +
           ",\"source\":" + quoted(line ? line->text : "") + "}";
  });
}

std::string open(const std::string& name, const Player& player, const explorer::Duel::Question& question,
                 const std::string& more) {
  using About = explorer::Asked::About;
  const char* const about = question.about == About::thread  ? "thread"
                            : question.about == About::value ? "value"
                                                             : "number";
  return "{\"part\":" + quoted(name) + ",\"outcome\":\"open\",\"about\":" + quoted(about) +
         ",\"options\":" + options_of(player, question) + more + "}";
}

}  // namespace

void receive_orders_of_grader() {
  channel::receive_orders(0, nullptr, nullptr);
}

bool play_for_grader(Player& player, const std::vector<std::string>& orders, const std::string& token) {
  bool all_right = true;
  for (const std::string& text : orders) {
    Order order = parse(text);
    const Player::Program& program = find(player, order.name);
    say("{\"begins\":" + quoted(order.name) + "}");
    const MemoryFile recording;
    order.options.name = order.name;
    order.options.replay = token;
    order.options.record = recording.path();
    const explorer::Report report = player.explore(program, order.options);
    const bool is_right = report.failure.empty();
    const std::string recorded = recording.line();
    std::string more = recorded.empty() ? "" : ",\"recording\":" + recorded;
    if (!token.empty()) more += ",\"moves\":" + moves_of(player, order, program);
    say(is_right ? passed(order.name, report, more) : failed(order.name, report, more));
    all_right = all_right && is_right;
  }
  if (all_right) say("{\"outcome\":\"passed\"}");
  return all_right;
}

void play_duel(Player& player, const std::string& text, const std::string& moves) {
  const Order order = parse(text);
  const Player::Program& program = find(player, order.name);
  std::istringstream in(moves);
  const std::vector<std::size_t> given{std::istream_iterator<std::size_t>(in), {}};
  explorer::Recording recording;
  explorer::Report report;
  report.schedules = 1;
  report.coverage = "one schedule";
  explorer::Duel::Question question;
  // The first time shows what is to be written down the second time.
  for (explorer::Recording* const to : {static_cast<explorer::Recording*>(nullptr), &recording}) {
    explorer::Duel duel(player, explorer::Asked(player, order.options.stale_loads), given);
    explorer::Choices choices(duel);
    report.failure = player.play(program, order.options, choices, to).failure;
    report.token = explorer::token(choices.deviations());
    question = duel.question();
  }
  const bool is_open = report.failure == explorer::Duel::kStopped;
  if (is_open) recording.finding.clear();
  recording.test = order.name;
  recording.token = report.token;
  std::string more = ",\"recording\":" + explorer::to_json(recording);
  std::ranges::replace(more, '\n', ' ');
  say("{\"begins\":" + quoted(order.name) + "}");
  if (is_open)
    say(open(order.name, player, question, ",\"token\":" + quoted(report.token) + more));
  else
    say(report.failure.empty() ? passed(order.name, report, more) : failed(order.name, report, more));
}

}  // namespace corokit::model
