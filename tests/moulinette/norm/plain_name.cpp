#include "norm/plain_name.hpp"

#include <cxxabi.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <memory>

namespace corokit::moulinette {
namespace {

using Text = std::string_view;

bool is_word(char c) noexcept {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Returns: the text behind "vtable for ", "virtual thunk to " and their like.
Text without_role(Text name) noexcept {
  constexpr std::array<Text, 12> kRoles{"vtable for ",
                                        "VTT for ",
                                        "typeinfo for ",
                                        "typeinfo name for ",
                                        "guard variable for ",
                                        "construction vtable for ",
                                        "virtual thunk to ",
                                        "non-virtual thunk to ",
                                        "TLS init function for ",
                                        "TLS wrapper function for ",
                                        "covariant return thunk to ",
                                        "reference temporary "};
  for (bool found = true; found;) {
    found = false;
    for (const Text role : kRoles) {
      if (!name.starts_with(role)) continue;
      name.remove_prefix(role.size());
      found = true;
    }
  }
  if (name.starts_with('#')) name.remove_prefix(std::min(name.find(" for ") + 5, name.size()));
  return name;
}

/// Reads a demangled name from its start to its end.
class PlainName {
 public:
  explicit PlainName(Text name) noexcept : rest_(without_role(name)) {}

  std::string read() {
    while (!rest_.empty() && step()) {
    }
    return std::move(plain_);
  }
  bool had_arguments() const noexcept { return had_arguments_; }

 private:
  bool step();
  void take(std::size_t count) {
    plain_.append(rest_.substr(0, count));
    rest_.remove_prefix(count);
  }
  bool at_operator() const noexcept {
    constexpr Text kOperator = "operator";
    const bool begins = plain_.empty() || !is_word(plain_.back());
    return begins && rest_.starts_with(kOperator) && rest_.size() > kOperator.size() &&
           !is_word(rest_[kOperator.size()]);
  }
  void take_operator();
  void skip_brackets(char opening, char closing) noexcept;

  Text rest_;
  std::string plain_;
  bool had_arguments_ = false;
};

/// Leaves the signs of an operator in the name. A conversion is called "operator", whatever it converts to.
void PlainName::take_operator() {
  constexpr std::array<Text, 20> kLong{"<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "==",
                                       "!=",  "&&",  "||",  "++",  "--", "()", "[]", "<",  ">",  ","};
  constexpr std::array<Text, 4> kAllocation{" new[]", " new", " delete[]", " delete"};
  take(Text("operator").size());
  for (const Text sign : kLong) {
    if (rest_.starts_with(sign)) return take(sign.size());
  }
  for (const Text allocation : kAllocation) {
    if (rest_.starts_with(allocation)) return take(allocation.size());
  }
  if (rest_.starts_with(' ')) rest_ = {};
}

void PlainName::skip_brackets(char opening, char closing) noexcept {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    const bool is_arrow = rest_[i] == '>' && i > 0 && rest_[i - 1] == '-';
    if (rest_[i] == opening) ++depth;
    if (rest_[i] == closing && !is_arrow && --depth == 0) return rest_.remove_prefix(i + 1);
  }
  rest_ = {};
}

/// Reads one part of the name. Returns: false where the parameters begin.
bool PlainName::step() {
  constexpr Text kAnonymous = "(anonymous namespace)";
  if (at_operator()) {
    take_operator();
  } else if (rest_.starts_with(kAnonymous)) {
    take(kAnonymous.size());
  } else if (rest_.front() == '<') {
    skip_brackets('<', '>');
    had_arguments_ = true;
  } else if (rest_.front() == '{') {
    skip_brackets('{', '}');
    plain_ += "{}";
  } else if (rest_.starts_with("[abi:")) {
    skip_brackets('[', ']');
  } else if (rest_.front() == '(') {
    const bool is_type = plain_ == "decltype";
    skip_brackets('(', ')');
    if (rest_.starts_with(" const::")) rest_.remove_prefix(Text(" const").size());
    return is_type || rest_.starts_with("::");  // behind the parameters, a name that is local to the function
  } else if (rest_.front() == ' ') {
    rest_.remove_prefix(1);
    if (rest_.starts_with('<') || (plain_ == "decltype" && rest_.starts_with('('))) return true;
    plain_.clear();  // what came before was the result type
    had_arguments_ = false;
  } else {
    take(1);
  }
  return true;
}

}  // namespace

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return name ? std::string(name.get()) : symbol;
}

std::string plain_name(Text demangled) {
  return PlainName(demangled).read();
}

bool is_instantiation(Text demangled) {
  PlainName name(demangled);
  name.read();
  return name.had_arguments();
}

}  // namespace corokit::moulinette
