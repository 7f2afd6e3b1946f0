#pragma once
#include "class/class_result.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A student, as the roster has it.
struct RosterStudent {
  std::string id;
  std::string name;
  std::string email;
  std::string group;
  std::string language;              // "en", "fr" or empty
  std::string extension;             // as it is written; empty: none
  std::optional<Moment> handed_in;   // where the roster says it
  std::vector<std::string> aliases;  // what else names the student: e-mail address, account, seat
};

/// How well the labels of a hand-in fit a student, from the worst to the best.
enum class Fit {
  none,   // they fit nobody, or could be two
  alike,  // case, what stands between words or more words differ, as in "ANN" or "hw1-ann" for "ann"
  named,  // one is the full name, or one of a platform's is the id, the name or an alias but for case and the like
  exact,  // one is the id or an alias as the roster has it
};

/// Whom the labels of a hand-in mean.
struct RosterMatch {
  const RosterStudent* student = nullptr;  // null if it is nobody
  Fit fit = Fit::none;
};

/// Who is in the class.
///
/// A roster is a CSV file whose first line names its columns: id, name, and what else there is of group, language,
/// extension, handed_in, email, github, seat. They may be called otherwise, as the platforms do: "SID", "Full name",
/// "First Name" and "Last Name", "Matricule", "github_username". A grading worksheet of Moodle is one as well: its
/// "Participant 11" is the student of the folder "Kim Lee_11_assignsubmission_file_".
class Roster {
 public:
  /// Nobody is known.
  Roster() = default;
  /// Reads UTF-8, UTF-16 and, with a sentence in problems(), Windows-1252, of which Latin-1 is a part.
  ///
  /// Throws: Error if the file has no column for an id or a name, or two students have one id.
  static Roster load(const std::filesystem::path& file);
  static Roster parse(std::string_view text, const std::string& file);

  const std::vector<RosterStudent>& students() const noexcept { return students_; }
  const std::vector<std::string>& problems() const noexcept { return problems_; }
  bool is_empty() const noexcept { return students_.empty(); }

  /// Finds who is meant by the labels of a hand-in, such as the names of its folder: first by one that is an id, a name or
  /// an alias, then by one of which the end or a word is an id or an alias, as in "hw1-ann" or "seat 12".
  /// `by_platform` says that the labels are what a platform wrote about the student, and no name that somebody chose.
  RosterMatch find(const std::vector<std::string>& labels, bool by_platform = false) const;

 private:
  void add(RosterStudent student, const std::string& file);
  const RosterStudent* known(const std::string& key) const;
  const RosterStudent* known_in_part(const std::string& key) const;

  std::vector<RosterStudent> students_;
  std::vector<std::string> problems_;
  std::map<std::string, std::size_t> keys_;  // kAmbiguous where two students have it
  std::map<std::string, std::size_t> ids_;   // likewise; before the names of others
  static constexpr std::size_t kAmbiguous = static_cast<std::size_t>(-1);
};

}  // namespace corokit::moulinette
