#include "class/hand_ins.hpp"

#include "class/archive.hpp"
#include "class/deadline.hpp"
#include "class/digest.hpp"
#include "class/gradescope.hpp"
#include "class/hand_in_notes.hpp"
#include "error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr auto kIgnoringCase = std::regex::icase | std::regex::optimize;

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (!is_junk(at->path())) found.push_back(at->path());
  if (failed) throw misuse(fmt::format("{} cannot be read: {}.", folder.string(), failed.message()));
  std::ranges::sort(found);
  return found;
}

bool is_folder(const fs::path& path) {
  return fs::is_directory(fs::symlink_status(path));
}

/// The names of a student's folders and files in Moodle.
const std::regex& moodle() {
  static const std::regex form("(.+)_([0-9]+)_assignsubmission_(file|onlinetext)_?(.*)", kIgnoringCase);
  return form;
}

/// The same in Canvas.
const std::regex& canvas() {
  static const std::regex form("([a-z]+)_(?:LATE_)?([0-9]+)_([0-9]+)_(.+)");
  return form;
}

/// Whether a folder has sources in it, or is a repository.
bool has_sources(const fs::path& folder) {
  if (fs::exists(folder / ".git") || fs::exists(folder / "exercises")) return true;
  return std::ranges::any_of(entries(folder),
                             [](const fs::path& entry) { return is_source(entry) && !is_folder(entry); });
}

/// Whether a folder has nothing in it but a student's attempts.
bool has_attempts(const fs::path& folder) {
  constexpr std::size_t kMost = 9;  // more numbers are seats
  const std::vector<fs::path> inside = entries(folder);
  return inside.size() <= kMost && std::ranges::all_of(inside, [](const fs::path& entry) {
           return is_folder(entry) && attempt_of(entry.filename().string()).has_value();
         });
}

/// Whether a folder has neither folders nor archives in it, and so no hand-ins of several students.
bool has_only_files(const fs::path& folder) {
  return std::ranges::none_of(entries(folder),
                              [](const fs::path& entry) { return is_folder(entry) || is_archive(entry); });
}

/// Whether a folder has one archive in it, and nothing else: then it is a student's, and the archive has any name.
bool has_one_archive(const fs::path& folder) {
  const std::vector<fs::path> inside = entries(folder);
  return inside.size() == 1 && !is_folder(inside[0]) && is_archive(inside[0]) &&
         !is_of_platform(inside[0].filename().string());
}

/// Returns: the folder without those that hold nothing but the next one.
fs::path unwrapped(fs::path folder) {
  constexpr int kDeepest = 4;
  for (int depth = 0; depth < kDeepest; ++depth) {
    const std::vector<fs::path> inside = entries(folder);
    if (inside.size() != 1 || !is_folder(inside[0])) break;
    if (fs::exists(inside[0] / kGradescopeMetadata)) return inside[0];
    if (has_sources(inside[0]) || has_attempts(inside[0]) || has_only_files(inside[0])) break;
    if (is_of_platform(inside[0].filename().string()) || has_one_archive(inside[0])) break;
    folder = inside[0];
  }
  return folder;
}

/// Returns: what the names of all folders begin with, up to a hyphen, if these are repositories of GitHub Classroom.
std::string assignment_prefix(const fs::path& root, const std::vector<fs::path>& inside) {
  static const std::string ending = "-submissions";  // of the folder that `gh classroom clone` makes
  const std::string name = root.filename().string();
  std::vector<std::string> folders;
  bool repositories = true;
  for (const fs::path& entry : inside) {
    if (!is_folder(entry)) continue;
    folders.push_back(entry.filename().string());
    repositories = repositories && (fs::exists(entry / ".git") || fs::exists(entry / "exercises"));
  }
  std::string prefix;
  if (name.ends_with(ending)) prefix = name.substr(0, name.size() - ending.size() + 1);
  if (prefix.empty() && repositories && folders.size() > 1) {
    const auto& [least, most] = std::pair(folders.front(), folders.back());  // they are sorted
    const auto differs = std::ranges::mismatch(least, most).in1;
    prefix.assign(least.begin(), differs);
    prefix.erase(prefix.rfind('-') + 1);
  }
  const auto has_it = [&prefix](const std::string& folder) { return folder.starts_with(prefix); };
  return std::ranges::all_of(folders, has_it) ? prefix : "";
}

/// Names the student of each place.
class Naming {
 public:
  Naming(fs::path root, std::string file, HandIns& found)
      : root_(std::move(root)), stem_(fs::path(file).stem().string()), found_(found) {}

  void take_all() {
    const std::vector<fs::path> inside = entries(root_);
    prefix_ = assignment_prefix(root_, inside);
    for (const fs::path& entry : inside) take(entry);
  }

 private:
  void take(const fs::path& entry) {
    const std::string name = entry.filename().string();
    const fs::file_status status = fs::symlink_status(entry);
    if (fs::is_symlink(status)) return skip(entry, "{} was skipped: it is a symbolic link.");
    if (fs::is_directory(status)) {
      if (is_moodle(entry) || take_room(entry)) return;
      const bool has_prefix = !prefix_.empty() && name.size() > prefix_.size();
      const std::string id = has_prefix ? name.substr(prefix_.size()) : name;
      return add(entry, id, "", {id, name});
    }
    if (!fs::is_regular_file(status)) return skip(entry, "{} was skipped: it is no file.");
    if (is_moodle(entry) || is_canvas(entry)) return;
    if (!is_source(entry) && !is_archive(entry)) return skip(entry, "{} was skipped: it is no C++ source.");
    std::string id = name.substr(0, name.find('.', 1));
    for (const char* between : {"_", "-", " "}) {
      if (id.ends_with(between + stem_)) id.erase(id.size() - stem_.size() - 1);
      if (id.starts_with(stem_ + between)) id.erase(0, stem_.size() + 1);
    }
    add(entry, id, "", {id, name});
  }

  bool is_moodle(const fs::path& entry) {
    const std::string name = entry.filename().string();
    std::smatch found;
    if (!std::regex_match(name, found, moodle())) return false;
    const std::string student = found[1] == "Participant" ? "" : found[1].str();  // whose name is hidden
    // A grading worksheet calls the student so, and knows the number as nothing else.
    add(entry, found[2], student, {"Participant " + found[2].str(), found[2], found[1]});
    found_.all.back().by_platform = true;
    if (found[3] == "onlinetext") {
      found_.online_texts.push_back(std::move(found_.all.back()));
      found_.all.pop_back();
    }
    return true;
  }

  bool is_canvas(const fs::path& entry) {
    const std::string name = entry.filename().string();
    std::smatch found;
    if (!std::regex_match(name, found, canvas())) return false;
    add(entry, found[1], "", {found[2], found[1]});
    found_.all.back().by_platform = true;
    return true;
  }

  bool take_room(const fs::path& entry) {
    static const std::regex form("(room|salle|hall|lab|cluster|amphi|exam)[ _-]?([a-z0-9]*)", kIgnoringCase);
    const std::string room = entry.filename().string();
    std::smatch found;
    if (!std::regex_match(room, found, form) || has_sources(entry)) return false;
    const std::string room_number = found[2];
    for (const fs::path& seat : entries(entry)) {
      if (!is_folder(seat) && !is_source(seat) && !is_archive(seat))
        skip(seat, "{} was skipped: it is no C++ source.");
      else
        take_seat(seat, room, room_number);
    }
    return true;
  }

  /// A roster may have the seat with its room or alone, and with the words for them or by their numbers.
  void take_seat(const fs::path& seat, const std::string& room, const std::string& room_number) {
    static const std::regex form("(seat|place|siege|siège|desk|poste|pc)[ _-]?(.+)", kIgnoringCase);
    const std::string name = seat.stem().string();
    std::smatch found;
    const std::string number = std::regex_match(name, found, form) ? found[2].str() : name;
    add(seat, fmt::format("{}-{}", room, name), "",
        {fmt::format("{} {}", room, name), name, fmt::format("{} {}", room_number, number), number});
    found_.all.back().by_platform = true;
  }

  void add(const fs::path& place, const std::string& id, const std::string& name,
           std::vector<std::string> labels) {
    found_.all.push_back({.id = file_name_of(id),
                          .name = name,
                          .labels = std::move(labels),
                          .place = place,
                          .shown = place.lexically_relative(root_).string(),
                          .handed_in = {}});
  }

  void skip(const fs::path& entry, NoteText text) {
    found_.problems.push_back(note(text, entry.lexically_relative(root_).string()));
  }

  fs::path root_;
  std::string stem_;
  std::string prefix_;
  HandIns& found_;
};

}  // namespace

HandIns find_hand_ins(const fs::path& folder, const std::string& file) {
  HandIns found;
  const fs::path root = unwrapped(folder);
  if (fs::exists(root / kGradescopeMetadata)) {
    read_gradescope(root, found);
    for (HandIn& hand_in : found.all) hand_in.by_platform = true;
  } else {
    Naming(root, file, found).take_all();
  }
  return found;
}

bool is_junk(const fs::path& path) {
  static const std::set<std::string> names{"__MACOSX", "Thumbs.db", "desktop.ini", "node_modules",
                                           "build",    "out",       "target",      "CMakeFiles"};
  const std::string name = path.filename().string();
  return name.starts_with(".") || names.contains(name) || name.starts_with("cmake-build-");
}

bool is_of_platform(const std::string& name) {
  return std::regex_match(name, moodle()) || std::regex_match(name, canvas());
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> endings{".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".h"};
  return endings.contains(path.extension().string());
}

std::vector<std::string> files_in(const fs::path& folder) {
  constexpr int kDeepest = 12;
  constexpr std::size_t kMost = 20'000;
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed),
       end;
       !failed && at != end && names.size() < kMost; at.increment(failed)) {
    if (is_junk(at->path()) || at.depth() > kDeepest)
      at.disable_recursion_pending();
    else if (fs::is_regular_file(at->symlink_status(failed)))
      names.push_back(at->path().lexically_relative(folder).string());
  }
  std::ranges::sort(names);
  return names;
}

std::optional<AttemptName> attempt_of(const std::string& name) {
  static const std::regex moment(
      R"((\d{4})-?(\d{2})-?(\d{2})[T _-]?(\d{2})[-:h_]?(\d{2})(?:[-:_]?(\d{2}))?Z?)");
  static const std::regex form(
      R"((?:attempt|try|essai|rendu|version|v|submission|push|tentative|upload)?[ _-]?#?(\d{1,9}))",
      kIgnoringCase);
  std::smatch found;
  if (std::regex_match(name, found, moment)) {
    const auto at = parse_moment(
        fmt::format("{}-{}-{}T{}:{}:{}{}", found[1].str(), found[2].str(), found[3].str(), found[4].str(),
                    found[5].str(), found[6].matched ? found[6].str() : "00", name.back() == 'Z' ? "Z" : ""));
    if (at) return AttemptName{at->time_since_epoch().count(), true};
  }
  if (std::regex_match(name, found, form)) return AttemptName{std::stoll(found[1]), false};
  return {};
}

std::string file_name_of(const std::string& id) {
  constexpr std::size_t kLongest = 80;
  std::string name;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    name += std::isalnum(byte) || byte >= 0x80 || c == '_' || c == '-' || c == '.' || c == '@' || c == '+'
                ? c
                : '_';
  }
  if (name.empty() || name[0] == '.' || name[0] == '-') name.insert(0, "_");
  if (name.size() > kLongest) {
    // Not within a character of several bytes.
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
    name = name.substr(0, end) + "_" + digest(id).substr(0, 8);
  }
  return name;
}

}  // namespace corokit::moulinette
