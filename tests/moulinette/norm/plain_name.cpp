#include "norm/plain_name.hpp"

#include "error.hpp"
#include "process/process.hpp"

#include <corokit/io/descriptor.hpp>

#include <cxxabi.h>
#include <sys/mman.h>
#include <unistd.h>
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

constexpr std::size_t kLongestSymbol = 1024;        // the demanglers of GNU read no longer one
constexpr std::size_t kLongestName = 128U << 10U;   // ten times what the largest programs have
constexpr std::size_t kLongestAnswer = 64U << 20U;  // of all the names of an object file
constexpr std::size_t kMemory = 256U << 20U;        // of the process that reads names
constexpr std::chrono::seconds kTime{1};            // it reads 200,000 ordinary names in this time
constexpr std::size_t kLongestLine = 100;           // of a symbol in a message

/// Whether the symbol has a part that may stand for an earlier one: "S1_" for a type, "T_" for a template argument.
/// Without these, the readable name grows no faster than the symbol.
bool refers_back(Text symbol) noexcept {
  const auto is_number = [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0 ||
           std::isupper(static_cast<unsigned char>(c)) != 0;
  };
  for (std::size_t i = symbol.find_first_of("ST"); i < symbol.size(); i = symbol.find_first_of("ST", i + 1)) {
    std::size_t end = i + 1;
    while (end < symbol.size() && is_number(symbol[end])) ++end;
    if (end < symbol.size() && symbol[end] == '_') return true;
    i = end - 1;  // what begins within the number would end where it does
  }
  return false;
}

bool is_mangled(Text symbol) noexcept {
  return symbol.starts_with("_Z") && symbol.size() <= kLongestSymbol;
}

/// Reads a symbol that does not refer back.
std::string demangled_here(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return name ? std::string(name.get()) : symbol;
}

/// A file in memory, with which a process is asked and answers.
class MemoryFile {
 public:
  explicit MemoryFile(Text text) : descriptor_(memfd_create("names", MFD_CLOEXEC)) {
    while (descriptor_ && !text.empty()) {
      const ssize_t wrote = write(descriptor_.get(), text.data(), text.size());
      if (wrote <= 0) break;
      text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (!text.empty() || !descriptor_ || lseek(descriptor_.get(), 0, SEEK_SET) != 0)
      throw broken("There is no memory for the names of an object file.");
  }
  int descriptor() const noexcept { return descriptor_.get(); }
  std::string text() const {
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t got = 1; got > 0;
         text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))))
      got = pread(descriptor_.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    return text;
  }

 private:
  io::Descriptor descriptor_;
};

/// Has a process read the symbols, one a line.
///
/// Returns: the lines that it wrote until it ended or came to a limit.
std::string demangled_apart(Text symbols) {
  const MemoryFile questions(symbols);
  const MemoryFile answers("");
  // It writes out each line, so that the first line that is missing is the one that it could not read.
  const Finished finished = run_process({.argv = {"/bin/sh", "-c", "exec c++filt --no-verbose <&4 >&5"},
                                         .inherited = {questions.descriptor(), answers.descriptor()}},
                                        {.cpu = kTime, .memory = kMemory, .file = kLongestAnswer});
  const bool is_over_limit = finished.how == Finished::How::signalled ||
                             (finished.how == Finished::How::out_of_time && finished.code != 0);
  if (!finished.succeeded() && !is_over_limit)
    throw broken("c++filt, of the package binutils, cannot read the names of an object file: " +
                 finished.output);
  return answers.text();
}

/// The symbol as c++filt can be asked for it, which takes a character of another alphabet for the end of a symbol. In the
/// answer, each of its bytes remains a '$'. Returns: "" for a symbol that no compiler makes.
std::string question(std::string symbol) {
  std::ranges::replace_if(
      symbol, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '$');
  const bool is_plain =
      std::ranges::all_of(symbol, [](char c) { return is_word(c) || c == '$' || c == '.'; });
  return is_plain ? symbol + '\n' : "";
}

}  // namespace

std::vector<std::optional<std::string>> demangled(const std::vector<std::string>& symbols) {
  std::vector<std::optional<std::string>> names(symbols.begin(), symbols.end());
  std::vector<std::size_t> asked;
  std::string questions;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (!is_mangled(symbols[i])) continue;
    if (!refers_back(symbols[i])) {
      names[i] = demangled_here(symbols[i]);
    } else if (const std::string text = question(symbols[i]); !text.empty()) {
      questions += text;
      asked.push_back(i);
      names[i].reset();
    }
  }
  if (asked.empty()) return names;
  const std::string answers = demangled_apart(questions);
  Text rest = answers;
  for (const std::size_t i : asked) {
    const std::size_t end = rest.find('\n');
    if (end == Text::npos) break;  // the process could not read this one
    if (end <= kLongestName) names[i] = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  return names;
}

std::string cut_to_line(Text symbol) {
  if (symbol.size() <= kLongestLine) return std::string(symbol);
  std::size_t end = kLongestLine;
  while (end > 0 && (static_cast<unsigned char>(symbol[end]) & 0xc0U) == 0x80)
    --end;  // no part of a character
  return std::string(symbol.substr(0, end)) + "...";
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
