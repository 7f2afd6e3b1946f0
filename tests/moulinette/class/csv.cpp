#include "class/csv.hpp"

#include <algorithm>
#include <array>

namespace corokit::moulinette {
namespace {

using Row = std::vector<std::string>;

constexpr std::string_view kBlanks = " \t\r\n\f\v";

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

char separator_of(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  constexpr std::array kSeparators{',', ';', '\t'};
  return *std::ranges::max_element(kSeparators, {}, [line](char c) { return std::ranges::count(line, c); });
}

/// Takes one character after another.
class Reader {
 public:
  explicit Reader(char separator) : separator_(separator) {}

  void take(char c) {
    if (quoted_) {
      if (c != '"') return field_.push_back(c);
      quoted_ = false;
      after_quote_ = true;
    } else if (c == '"' && (after_quote_ || trimmed(field_).empty())) {
      if (after_quote_) field_.push_back(c);
      quoted_ = true;
      after_quote_ = false;
    } else if (c == separator_) {
      end_field();
    } else if (c == '\n' || c == '\r') {
      end_row();
    } else {
      field_.push_back(c);
    }
  }

  void end_row() {
    end_field();
    if (std::ranges::any_of(row_, [](const std::string& field) { return !field.empty(); }))
      rows_.push_back(row_);
    row_.clear();
  }

  std::vector<Row> rows() && { return std::move(rows_); }

 private:
  void end_field() {
    row_.push_back(trimmed(field_));
    field_.clear();
    after_quote_ = false;
  }

  char separator_;
  bool quoted_ = false;
  bool after_quote_ = false;  // a second quote would be part of the field
  std::string field_;
  Row row_;
  std::vector<Row> rows_;
};

}  // namespace

std::vector<Row> read_csv(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  Reader reader(separator_of(text));
  for (const char c : text) reader.take(c);
  reader.end_row();
  return std::move(reader).rows();
}

}  // namespace corokit::moulinette
