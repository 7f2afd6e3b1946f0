#include "command_line/watch.hpp"

#include "command_line/command_parts.hpp"
#include "command_line/interruptible_input.hpp"
#include "command_line/ladder_commands.hpp"
#include "command_line/stepping.hpp"
#include "error.hpp"
#include "ladder/original.hpp"
#include "output/error_texts.hpp"
#include "output/style.hpp"
#include "output/terminal.hpp"
#include "report/grade_report.hpp"
#include "report/hints.hpp"
#include "report/ladder_report.hpp"

#include <simulation/recording.hpp>
#include <simulation/terminal_text.hpp>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <istream>
#include <nlohmann/json.hpp>
#include <utility>

namespace corokit::moulinette {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuiet = 100ms;      // a save is over when nothing happened for so long
constexpr auto kPatience = 1000ms;  // or when so much has passed
constexpr std::string_view kErase = "\r\x1b[K";

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

/// Builds what the grade of an exercise needs, if the launcher started us.
void prepare(const std::string& exercise, const Interrupt& interrupt) {
  const char* launcher = std::getenv("COROKIT_LAUNCHER");
  if (!launcher || !*launcher) return;
  const Finished built =
      run_process({.argv = {launcher, "prepare", exercise}}, {.wall = 600s, .cpu = 0s}, interrupt);
  if (!built.succeeded() && !interrupt.requested()) print(built.output);
}

/// Reads the rest of what a key sends that is no letter.
void skip_sequence(const Keyboard& keyboard) {
  constexpr int kRest = 20;  // milliseconds, in which it comes
  const char second = keyboard.read(kRest);
  if (second != '[' && second != 'O') return;
  for (char next = ' '; next != Keyboard::kEnd && (next < '@' || next > '~');) next = keyboard.read(kRest);
}

}  // namespace

Watch::Watch(const Request& request, Interrupt& interrupt, Exercise exercise)
    : request_(request),
      words_(request.output.language),
      interrupt_(interrupt),
      has_terminal_(isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) {
  request_.output.progress = false;
  if (has_terminal_) keyboard_.emplace(interrupt_);
  watch(std::move(exercise));
}

int Watch::run() {
  while (!ends_ && !interrupt_.requested()) turn();
  hide_keys();
  if (has_terminal_) print("\n");
  flush_output();
  return interrupt_.requested() ? kInterrupted : 0;
}

void Watch::watch(Exercise exercise) {
  exercise_ = std::move(exercise);
  last_.reset();
  const Rung rung{load_spec(exercise_), exercise_.spec.parent_path(), {}};
  keep_original(exercise_, rung.spec);
  saves_.emplace(file_of(rung));
  std::string what = words_("{} is graded at each save.", file_of(rung).string());
  if (!has_terminal_)
    what += " " + words_("Lines ask for more: h hint, s step, r again, n next, z quiz, l list, q quit.");
  say(what + "\n");
  if (std::getenv("COROKIT_LAUNCHER")) show_keys(words_("building"));
  prepare(exercise_.name, interrupt_);
  begin();
}

void Watch::begin() {
  first_save_.reset();
  request_.output.width = terminal_width();
  running_ = std::make_unique<BackgroundGrade>(exercise_, request_.output);
  show_keys();
}

void Watch::finish() {
  running_->wait();
  std::unique_ptr<BackgroundGrade> done = std::move(running_);
  was_stopped_ = first_save_ && done->graded().verdict == Verdict::interrupted && done->problem().empty();
  if (was_stopped_) return;
  if (!done->problem().empty()) {
    const std::string problem = error_in(request_.output.language, done->problem());
    say(problem.substr(0, problem.find('\n')) + "\n");
    return;
  }
  last_ = std::move(done);
  report();
}

void Watch::save() {
  const Clock::time_point now = Clock::now();
  if (!first_save_) first_save_ = now;
  due_ = std::min(now + kQuiet, *first_save_ + kPatience);
  if (running_ && !was_stopped_) running_->stop();
}

void Watch::turn() {
  enum { interrupt, saves, over, input, resumed, count };
  std::array<pollfd, count> ready{};
  ready[interrupt] = {interrupt_.descriptor(), POLLIN, 0};
  ready[saves] = {saves_->descriptor(), POLLIN, 0};
  ready[over] = {running_ ? running_->descriptor() : -1, POLLIN, 0};
  ready[input] = {has_input_ ? STDIN_FILENO : -1, POLLIN, 0};
  ready[resumed] = {keyboard_ ? Keyboard::resumed() : -1, POLLIN, 0};
  int patience = -1;
  if (first_save_ && !running_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - Clock::now());
    patience = static_cast<int>(std::max(left, 0ms).count());
  }
  if (poll(ready.data(), ready.size(), patience) < 0 || ready[interrupt].revents) return;
  if (ready[resumed].revents) {
    Keyboard::clear_resumed();
    show_keys();
  }
  if (ready[saves].revents && saves_->take()) save();
  if (ready[over].revents) finish();
  if (ready[input].revents) obey(read_command());
  if (first_save_ && !running_ && Clock::now() >= due_) begin();
}

char Watch::read_command() {
  if (keyboard_) {
    const char key = keyboard_->read(0);
    if (key == '\x1b') skip_sequence(*keyboard_);
    return key == Keyboard::kEnd || key == '\x04' ? 'q' : key;
  }
  char next = '\0';
  has_input_ = read(STDIN_FILENO, &next, 1) == 1;
  if (has_input_ && next != '\n') {
    line_ += next;
    return ' ';
  }
  return std::exchange(line_, "").append(" ").front();
}

void Watch::obey(char command) {
  switch (command) {
    case 'h':
      return hint();
    case 's':
      return step();
    case 'z':
      return quiz();
    case 'n':
      return next();
    case 'l':
      return say("\n" + ladder_report(ladder_now(request_), request_.output));
    case 'r':
      return save();
    case 'q':
      ends_ = true;
      return;
    default:
      return;
  }
}

void Watch::hint() {
  std::optional<Hint> hint;
  if (last_) hint = take_hint(last_->graded(), load_spec(exercise_, request_.output.language), {});
  if (!hint)
    return say(
        (last_ ? words_("There is no hint: no test has failed.") : words_("Nothing has been graded yet.")) +
        "\n");
  remember_hint(*hint, exercise_.name);
  say(words_("hint: {} ({} of {})", hint->text, hint->number, hint->of) + "\n");
}

void Watch::step() {
  const TestResult* broken = last_ ? first_broken(last_->graded()) : nullptr;
  const Replayed* replayed = broken && broken->run.replayed ? &*broken->run.replayed : nullptr;
  if (!replayed || !replayed->recording || replayed->recording->steps.empty())
    return say(words_("There is no schedule to step through: none has failed.") + "\n");
  const bool has_screens = has_terminal_ && is_terminal_capable();
  with_input([&](std::istream& input) {
    if (has_screens) print("\x1b[?1049h");  // another screen: what stands on this one stays
    flush_output();
    step_through(*replayed->recording, request_.output, input, interrupt_);
    if (has_screens) print("\x1b[?1049l");
  });
}

void Watch::quiz() {
  with_input([&](std::istream& input) {
    print("\n");
    ask_quiz(request_, exercise_, input);
  });
}

void Watch::next() {
  const Ladder ladder = ladder_now(request_);
  const bool has_passed = (last_ && last_->graded().passed()) || ladder.has_passed(exercise_.name);
  if (!has_passed) return say(words_("The next exercise comes after this one is passed.") + "\n");
  const Rung* rung = ladder.next_after(exercise_.name);
  if (!rung) return say(words_("You have passed all there is.") + "\n");
  running_.reset();
  was_stopped_ = false;
  const std::string name = rung->spec.exercise;
  say(fmt::format("\n{}\n{}\n", words_("{}: {}", name, rung->spec.title),
                  words_("Read {}", lesson_of(*rung, request_.output.language).string())));
  watch(find_exercise(request_, name));
}

void Watch::report() {
  hide_keys();
  print(fmt::format("\n{}\n", Style(request_.output.colour).soft(fmt::format("--- {} ---", time_of_day()))));
  print(grade_report(last_->graded(), last_->session(), {}));
  remember_verdict(request_, last_->session(), last_->graded(), last_->session().file_to_fill_in(), false);
  show_keys();
}

void Watch::say(const std::string& text) {
  hide_keys();
  print(text);
  show_keys();
}

void Watch::show_keys(std::string doing) {
  if (has_terminal_) {
    if (doing.empty() && running_) doing = words_("grading");
    std::string keys =
        doing + (doing.empty() ? "" : "   ") +
        (last_ && last_->graded().passed() ? words_("h hint  s step  r again  n next  z quiz  l list  q quit")
                                           : words_("h hint  s step  r again  z quiz  l list  q quit"));
    if (is_terminal_capable()) {
      keys = explorer::elide(keys, terminal_width() - 1);
      print(std::string(kErase) + keys);
    } else if (!shows_keys_) {
      print(keys + "\n");
    }
    shows_keys_ = true;
  }
  flush_output();
}

void Watch::hide_keys() {
  if (shows_keys_ && is_terminal_capable()) print(std::string(kErase));
  shows_keys_ = false;
}

template <class Work>
void Watch::with_input(Work work) {
  hide_keys();
  keyboard_.reset();
  InterruptibleInput input(interrupt_);
  std::istream lines(&input);
  work(lines);
  if (has_terminal_) keyboard_.emplace(interrupt_);
  show_keys();
}

int watch_command(const Request& request, const std::string& name) {
  if (request.output.json)
    throw misuse(error_text("watch prints for people: ./moulinette grade --json is for programs."));
  Interrupt interrupt;
  std::string chosen = name;
  if (chosen.empty()) {
    const Ladder ladder = ladder_now(request);
    if (!ladder.next()) {
      print(TerminalWords(request.output.language)("You have passed all there is.") + "\n");
      return 0;
    }
    chosen = ladder.next()->spec.exercise;
  }
  return Watch(request, interrupt, find_exercise(request, chosen)).run();
}

}  // namespace corokit::moulinette
