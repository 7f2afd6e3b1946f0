#include "exercise/json_lines.hpp"

#include <cctype>
#include <cstddef>

namespace corokit::moulinette {
namespace {

/// Reads a text that is known to be JSON, so it looks at what separates the parts alone.
class Reader {
 public:
  Reader(std::string_view text, std::map<JsonPlace, int>& lines) : text_(text), lines_(lines) {}

  void read() {
    skip();
    lines_[place_] = line_;
    value();
  }

 private:
  char now() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void step() {
    if (now() == '\n') ++line_;
    ++at_;
  }

  void skip_to(std::string_view end) {
    while (at_ < text_.size() && !text_.substr(at_).starts_with(end)) step();
  }

  /// Skips what has no meaning: white space and comments.
  void skip() {
    for (;;) {
      if (std::isspace(static_cast<unsigned char>(now()))) {
        step();
      } else if (text_.substr(at_).starts_with("//")) {
        skip_to("\n");
      } else if (text_.substr(at_).starts_with("/*")) {
        skip_to("*/");
        at_ += 2;
      } else {
        return;
      }
    }
  }

  /// Reads a text in quotes. Returns: it, with its escapes as they are.
  std::string quoted() {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && now() != '"') at_ += now() == '\\' ? 2 : 1;
    const std::string_view inside = text_.substr(begin, at_ - begin);
    step();
    return std::string(inside);
  }

  void member() {
    const int line = line_;
    place_.push_back(quoted());
    skip();
    step();  // the colon
    skip();
    lines_[place_] = line;
    value();
    place_.pop_back();
  }

  void item(std::size_t index) {
    place_.push_back(std::to_string(index));
    lines_[place_] = line_;
    value();
    place_.pop_back();
  }

  void list(char end) {
    step();
    skip();
    for (std::size_t index = 0; now() != end && at_ < text_.size(); ++index) {
      end == '}' ? member() : item(index);
      skip();
      if (now() == ',') step();
      skip();
    }
    step();
  }

  void value() {
    if (now() == '{') {
      list('}');
    } else if (now() == '[') {
      list(']');
    } else if (now() == '"') {
      quoted();
    } else {
      while (std::isalnum(static_cast<unsigned char>(now())) || now() == '-' || now() == '+' || now() == '.')
        ++at_;
    }
  }

  std::string_view text_;
  std::map<JsonPlace, int>& lines_;
  std::size_t at_ = 0;
  int line_ = 1;
  JsonPlace place_;
};

}  // namespace

JsonLines::JsonLines(std::string_view text) {
  Reader(text, lines_).read();
}

int JsonLines::line(JsonPlace place) const {
  for (;; place.pop_back()) {
    const auto found = lines_.find(place);
    if (found != lines_.end()) return found->second;
    if (place.empty()) return 0;
  }
}

}  // namespace corokit::moulinette
