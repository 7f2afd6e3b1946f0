#include "class/roster.hpp"

#include "class/csv.hpp"
#include "class/deadline.hpp"
#include "class/hand_in_notes.hpp"
#include "class/text_encoding.hpp"
#include "error.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <optional>
#include <regex>
#include <utility>

namespace corokit::moulinette {
namespace {

enum class Column { id, name, first, last, email, group, language, extension, handed_in, alias, other };

bool is_word(unsigned char c) {
  return std::isalnum(c) || c >= 0x80;
}

/// Returns: the byte as in small letters: of ASCII, and of the letters À to Þ, which begin with \xc3 in UTF-8.
char small(char c, char before) {
  const auto byte = static_cast<unsigned char>(c);
  const bool is_latin = before == '\xc3' && byte >= 0x80 && byte <= 0x9e && byte != 0x97;
  return static_cast<char>(is_latin ? byte + 0x20 : byte < 0x80 ? std::tolower(byte) : byte);
}

/// Returns: the words in small letters, with one blank between them. An apostrophe is none of a word, typed or printed.
std::string key_of(const std::string& text) {
  static const std::string printed = "\xe2\x80\x99";
  std::string plain = text;
  for (std::size_t at = 0; (at = plain.find(printed, at)) != std::string::npos;)
    plain.replace(at, printed.size(), 1, '\'');
  std::string key;
  char before = 0;
  for (const char c : plain) {
    if (is_word(static_cast<unsigned char>(c)))
      key += small(c, std::exchange(before, c));
    else if (!key.empty() && key.back() != ' ')
      key += ' ';
  }
  if (!key.empty() && key.back() == ' ') key.pop_back();
  return key;
}

Column column_of(const std::string& title) {
  static const std::array<std::pair<Column, std::vector<std::string>>, 10> names{{
      {Column::id,
       {"id", "sid", "student id", "id number", "matricule", "matriculation number", "student number",
        "numero", "login", "username", "user", "identifier", "identifiant", "numéro d identification",
        "numero d identification", "nom d utilisateur", "numéro étudiant", "numero etudiant"}},
      {Column::name,
       {"name", "full name", "student", "student name", "nom complet", "nom et prénom", "surname name"}},
      {Column::first, {"first name", "firstname", "given name", "prenom", "prénom", "vorname"}},
      {Column::last,
       {"last name", "lastname", "surname", "family name", "nom", "nom de famille", "nachname"}},
      {Column::email,
       {"email", "e mail", "email address", "e mail address", "mail", "courriel", "adresse de courriel",
        "adresse électronique", "adresse e mail", "adresse email", "adresse mail"}},
      {Column::group, {"group", "groups", "groupe", "groupes", "section", "class", "classe", "sections"}},
      {Column::language, {"language", "lang", "langue"}},
      {Column::extension, {"extension", "extra time", "delai", "délai", "prolongation"}},
      {Column::handed_in, {"handed in", "submitted", "submitted at", "submission time", "rendu", "rendu le"}},
      {Column::alias,
       {"github", "github username", "account", "seat", "place", "siege", "siège", "room", "salle", "moodle",
        "participant", "alias"}},
  }};
  const std::string key = key_of(title);
  for (const auto& [column, titles] : names)
    if (std::ranges::find(titles, key) != titles.end()) return column;
  return Column::other;
}

std::string language_of(const std::string& text) {
  const std::string key = key_of(text);
  if (key.empty()) return "";
  return key.starts_with("fr") ? "fr" : "en";
}

/// A row of the table.
class Row {
 public:
  Row(const std::vector<Column>& columns, const std::vector<std::string>& fields, std::string where)
      : columns_(columns), fields_(fields), where_(std::move(where)) {}

  RosterStudent student() const {
    RosterStudent student;
    const std::vector<std::string> ids = all(Column::id);
    const std::string first = one(Column::first), last = one(Column::last);
    student.name = one(Column::name);
    student.group = one(Column::group);
    student.language = language_of(one(Column::language));
    student.extension = one(Column::extension);
    student.email = one(Column::email);
    student.aliases = all(Column::alias);
    std::ranges::copy(all(Column::email), std::back_inserter(student.aliases));
    if (student.name.empty()) student.name = first + (first.empty() || last.empty() ? "" : " ") + last;
    if (!first.empty() && !last.empty()) student.aliases.push_back(last + " " + first);
    for (const std::string& id : ids) (student.id.empty() ? student.id : student.aliases.emplace_back()) = id;
    add_participant(ids, student);
    if (student.id.empty()) student.id = student.name;
    if (student.id.empty() && !student.aliases.empty()) student.id = student.aliases.front();
    set_times(student);
    return student;
  }

 private:
  /// Moodle takes a worksheet back by "Participant 11", and names folders by the number.
  static void add_participant(const std::vector<std::string>& ids, RosterStudent& student) {
    static const std::regex form("(?:participante?|partecipante|teilnehmer\\S*|deelnemer) *([0-9]+)",
                                 std::regex::icase);
    std::smatch found;
    for (const std::string& id : ids) {
      if (!std::regex_match(id, found, form)) continue;
      if (student.id != id) student.aliases.push_back(student.id);
      student.id = id;
      student.aliases.push_back(found[1]);
      return;
    }
  }

  std::vector<std::string> all(Column column) const {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < std::min(columns_.size(), fields_.size()); ++i)
      if (columns_[i] == column && !fields_[i].empty()) found.push_back(fields_[i]);
    return found;
  }
  std::string one(Column column) const {
    const std::vector<std::string> found = all(column);
    return found.empty() ? "" : found.front();
  }

  void set_times(RosterStudent& student) const {
    const std::string handed_in = one(Column::handed_in);
    student.handed_in = parse_moment(handed_in);
    if (!student.handed_in && !handed_in.empty())
      throw misuse(fmt::format("{}: \"{}\" is no moment like 2026-05-01T23:59.", where_, handed_in));
    const std::string& extension = student.extension;
    if (!extension.empty() && !parse_duration(extension) && !parse_moment(extension))
      throw misuse(
          fmt::format("{}: the extension \"{}\" is neither a duration, such as 2 days, nor a moment, such "
                      "as 2026-05-03T23:59.",
                      where_, extension));
  }

  const std::vector<Column>& columns_;
  const std::vector<std::string>& fields_;
  std::string where_;
};

/// Returns: a text that was in UTF-16, as Excel saves it; none if it was not.
std::optional<std::string> utf8_of_utf16(std::string_view text) {
  if (text.size() < 2) return {};
  const std::string_view mark = text.substr(0, 2);
  if (mark == "\xFF\xFE") return utf8_from("UTF-16LE", text.substr(2));
  if (mark == "\xFE\xFF") return utf8_from("UTF-16BE", text.substr(2));
  if (text[1] == '\0') return utf8_from("UTF-16LE", text);
  if (text[0] == '\0') return utf8_from("UTF-16BE", text);
  return {};
}

}  // namespace

Roster Roster::load(const std::filesystem::path& file) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed))
    throw misuse(fmt::format("There is no file {} to read the roster from.", file.string()));
  const std::string text = read_file(file);
  if (const auto decoded = utf8_of_utf16(text)) return parse(*decoded, file.string());
  if (is_utf8(text)) return parse(text, file.string());
  const auto decoded = utf8_from("CP1252", text);
  if (!decoded) throw misuse(fmt::format("{} is no text: save it as CSV in UTF-8.", file.string()));
  Roster roster = parse(*decoded, file.string());
  roster.problems_.push_back(
      note("{} is not in UTF-8, and was read as Windows-1252: look at the names.", file.filename().string()));
  return roster;
}

Roster Roster::parse(std::string_view text, const std::string& file) {
  const auto rows = read_csv(text);
  std::vector<Column> columns;
  if (!rows.empty())
    for (const std::string& title : rows.front()) columns.push_back(column_of(title));
  const auto has = [&columns](Column column) { return std::ranges::find(columns, column) != columns.end(); };
  if (!has(Column::id) && !has(Column::name) && !has(Column::last) && !has(Column::email) &&
      !has(Column::alias))
    throw misuse(
        fmt::format("{} names no column \"id\" or \"name\" in its first line.\nA roster looks like this:\n  "
                    "id,name,group,"
                    "language,extension\n  e1234,Ann Lee,2,fr,2 days",
                    file));
  Roster roster;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    RosterStudent student = Row(columns, rows[i], fmt::format("{}, row {}", file, i + 1)).student();
    if (!student.id.empty()) roster.add(std::move(student), file);
  }
  return roster;
}

void Roster::add(RosterStudent student, const std::string& file) {
  if (std::ranges::find(students_, student.id, &RosterStudent::id) != students_.end())
    throw misuse(fmt::format("{} has the id {} twice.", file, student.id));
  // "Ann" and "ann" may be two students; then only the id as it is written tells them apart.
  if (const auto [id, is_new] = ids_.emplace(key_of(student.id), students_.size()); !is_new)
    id->second = kAmbiguous;
  std::vector<std::string> names = student.aliases;
  names.push_back(student.name);
  for (const std::string& name : names) {
    const std::string key = key_of(name);
    const auto [found, is_new] = keys_.emplace(key, students_.size());
    if (!is_new && found->second != students_.size()) found->second = kAmbiguous;
  }
  keys_.erase("");
  students_.push_back(std::move(student));
}

const RosterStudent* Roster::known(const std::string& key) const {
  if (key.empty()) return nullptr;
  auto found = ids_.find(key);
  if (found == ids_.end()) {
    found = keys_.find(key);
    if (found == keys_.end()) return nullptr;
  }
  return found->second == kAmbiguous ? nullptr : &students_[found->second];
}

const RosterStudent* Roster::known_in_part(const std::string& key) const {
  // The longest end first: "hw1-ann-lee" is ann-lee's rather than lee's. An id counts for more than a name.
  for (std::size_t at = key.find(' '); at != std::string::npos; at = key.find(' ', at + 1))
    if (const RosterStudent* student = known(key.substr(at + 1))) return student;
  const RosterStudent* only = nullptr;
  for (std::size_t at = 0; at < key.size(); at = std::min(key.find(' ', at), key.size()) + 1) {
    const RosterStudent* student = known(key.substr(at, key.find(' ', at) - at));
    if (student && only && student != only) return nullptr;
    if (student) only = student;
  }
  return only;
}

RosterMatch Roster::find(const std::vector<std::string>& labels, bool by_platform) const {
  for (const std::string& label : labels)
    if (const auto same = std::ranges::find(students_, label, &RosterStudent::id); same != students_.end())
      return {&*same, Fit::exact};
  RosterMatch best;
  for (const std::string& label : labels) {
    const RosterStudent* student = known(key_of(label));
    if (!student) continue;
    const bool is_alias = std::ranges::find(student->aliases, label) != student->aliases.end();
    const bool is_named = by_platform || student->name == label;
    const Fit fit = is_alias ? Fit::exact : is_named ? Fit::named : Fit::alike;
    if (fit > best.fit) best = {student, fit};
  }
  if (best.student) return best;
  for (const std::string& label : labels)
    if (const RosterStudent* student = known_in_part(key_of(label))) return {student, Fit::alike};
  return {};
}

}  // namespace corokit::moulinette
