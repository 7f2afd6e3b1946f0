#include "command_line/stepping.hpp"

#include "command_line/keyboard.hpp"
#include "output/drawing_words.hpp"

#include <simulation/recording.hpp>
#include <simulation/step_text.hpp>

#include <fmt/format.h>
#include <unistd.h>
#include <charconv>
#include <cstdio>
#include <utility>

namespace corokit::moulinette {
namespace {

/// The lines of Stepping::obey() that keys stand for.
class Keys {
 public:
  Keys(Interrupt& interrupt, const TerminalWords& say) : keyboard_(interrupt), say_(say) {}

  /// Returns: the line that the next key stands for; nothing if it stands for none.
  std::optional<std::string> next() {
    switch (keyboard_.read()) {
      case 'n':
      case ' ':
      case '\n':
        return "n";
      case 'p':
      case '\x7f':
        return "p";
      case 'g':
        return "g " + read_number();
      case 'q':
      case Keyboard::kEnd:
      case '\x04':
        return "q";
      case '\x1b':
        return arrow();
      default:
        return {};
    }
  }

 private:
  std::optional<std::string> arrow() {
    constexpr int kRest = 50;  // milliseconds, in which the rest of a sequence comes
    if (keyboard_.read(kRest) != '[') return {};
    const char direction = keyboard_.read(kRest);
    if (direction == 'C' || direction == 'B') return "n";
    if (direction == 'D' || direction == 'A') return "p";
    return {};
  }

  std::string read_number() {
    std::string number;
    std::fputs(say_("go to step: ").c_str(), stdout);
    for (;;) {
      std::fflush(stdout);
      const char key = keyboard_.read();
      if (key < '0' || key > '9') return number;
      number += key;
      std::fputc(key, stdout);
    }
  }

  Keyboard keyboard_;
  const TerminalWords& say_;
};

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void step_by_keys(Stepping& stepping, const OutputOptions& output, Interrupt& interrupt) {
  constexpr const char* kClear = "\x1b[H\x1b[2J";
  const TerminalWords say(output.language);
  Keys keys(interrupt, say);
  for (bool goes_on = true; goes_on && !interrupt.requested();) {
    print(fmt::format("{}{}\n{}\n", kClear, stepping.text(output),
                      say("n → forward   p ← back   g goes to a step   q ends")));
    std::optional<std::string> line;
    while (!line) line = keys.next();
    goes_on = stepping.obey(*line);
  }
}

}  // namespace

std::size_t Stepping::last() const noexcept {
  return recording_.steps.empty() ? 0 : recording_.steps.size() - 1;
}

bool Stepping::obey(std::string_view line) {
  problem_.clear();
  if (line == "q") return false;
  if (line == "n" || line.empty()) {
    if (place_ == last())
      problem_ = say_("This is the last step.");
    else
      ++place_;
  } else if (line == "p") {
    if (place_ == 0)
      problem_ = say_("This is the first step.");
    else
      --place_;
  } else if (line.starts_with("g ")) {
    go_to(line.substr(2));
  } else {
    problem_ = say_("n goes forward, p goes back, g 12 goes to step 12, q ends.");
  }
  return true;
}

void Stepping::go_to(std::string_view number) {
  std::size_t wanted = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), wanted);
  if (error != std::errc() || end != number.data() + number.size() || wanted > recording_.number(last())) {
    problem_ = say_("The steps have the numbers 0 to {}.", recording_.number(last()));
    return;
  }
  const bool is_left_out =
      wanted >= recording_.left_out_at && wanted < recording_.left_out_at + recording_.left_out;
  if (is_left_out) problem_ = say_("Step {} was not kept: this is the one before.", wanted);
  if (wanted >= recording_.left_out_at + recording_.left_out)
    place_ = wanted - recording_.left_out;
  else
    place_ = is_left_out ? std::max<std::size_t>(recording_.left_out_at, 1) - 1 : wanted;
}

std::string Stepping::text(const OutputOptions& output) const {
  std::string text =
      draw_step(recording_, place_,
                {.width = output.width, .colour = output.colour, .say = drawing_words(output.language)});
  if (!problem_.empty()) text += problem_ + "\n";
  return text;
}

void step_through(const explorer::Recording& recording, const OutputOptions& output, std::istream& input,
                  Interrupt& interrupt) {
  Stepping stepping(recording, output.language);
  if (isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) {
    step_by_keys(stepping, output, interrupt);
    return;
  }
  print(stepping.text(output));
  for (std::string line; std::getline(input, line) && stepping.obey(line);)
    print("\n" + stepping.text(output));
}

}  // namespace corokit::moulinette
