#include "class/attempts.hpp"

#include "class/archive.hpp"
#include "class/digest.hpp"
#include "class/git_time.hpp"
#include "class/hand_in_notes.hpp"
#include "error.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <tuple>
#include <utility>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr int kDeepest = 12;
constexpr std::size_t kMostFiles = 20'000;
constexpr std::uint64_t kMostBytes =
    256U << 20U;  // of all archives of a hand-in together, one in another included

/// A source that may be an attempt.
struct Candidate {
  fs::path path;
  fs::path relative;
  int rank = 0;                        // 0 is the best
  std::string group;                   // the folder or the ending that tells attempts apart
  std::optional<AttemptName> attempt;  // which one it is

  std::size_t depth() const {
    return static_cast<std::size_t>(std::distance(relative.begin(), relative.end()));
  }
};

std::optional<Moment> time_of(const fs::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  return Moment(std::chrono::seconds(status.st_mtime));
}

/// Looks through one hand-in.
class Search {
 public:
  Search(const HandIn& hand_in, const Wanted& wanted, fs::path unpacked)
      : hand_in_(hand_in), wanted_(wanted), unpacked_(std::move(unpacked)) {}

  FoundAttempts run() {
    const fs::path& place = hand_in_.place;
    const fs::file_status status = fs::symlink_status(place);
    if (fs::is_directory(status))
      walk(place, {}, 0);
    else if (is_archive(place))
      open(place, {}, 0);
    else if (fs::is_regular_file(status))
      candidates_.push_back({place, {}, 0, "", {}});
    choose();
    return std::move(found_);
  }

 private:
  void walk(const fs::path& folder, const fs::path& relative, int depth) {
    std::error_code failed;
    std::vector<fs::path> inside;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
      inside.push_back(at->path());
    if (failed) return say("{} cannot be read: {}.", shown(relative), failed.message());
    std::ranges::sort(inside);
    for (const fs::path& entry : inside) take(entry, relative / entry.filename(), depth);
  }

  void take(const fs::path& entry, const fs::path& relative, int depth) {
    if (is_junk(entry)) return;
    if (++files_ > kMostFiles || depth > kDeepest) return too_much();
    const fs::file_status status = fs::symlink_status(entry);
    if (fs::is_directory(status)) return walk(entry, relative, depth + 1);
    if (fs::is_symlink(status)) {
      if (is_source(entry) && leads_within(entry)) return consider(entry, relative);
      return say("{} is a symbolic link, and was skipped.", shown(relative));
    }
    if (!fs::is_regular_file(status)) {
      if (is_source(entry)) say("{} is no regular file, and was skipped.", shown(relative));
    } else if (is_archive(entry)) {
      open(entry, relative, depth + 1);
    } else if (is_source(entry)) {
      consider(entry, relative);
    } else {
      others_.push_back(relative.string());
    }
  }

  bool leads_within(const fs::path& link) const {
    std::error_code failed;
    const fs::path target = fs::canonical(link, failed), home = fs::canonical(hand_in_.place, failed);
    if (failed || !fs::is_regular_file(target)) return false;
    return std::ranges::mismatch(home, target).in1 == home.end();
  }

  void open(const fs::path& archive, const fs::path& relative, int depth) {
    const fs::path folder = unpacked_ / std::to_string(++archives_);
    if (left_bytes_ == 0 || files_ >= kMostFiles) return too_much();
    try {
      for (LeftOut& entry : unpack(archive, folder, {.bytes = left_bytes_, .entries = kMostFiles - files_})) {
        found_.notes.push_back(std::move(entry.why));
        found_.left_out.push_back(std::move(entry.name));
      }
      left_bytes_ -= std::min(left_bytes_, bytes_in(folder));
      walk(folder, relative, depth);
    } catch (const Error& error) {
      left_bytes_ -= std::min(left_bytes_, bytes_in(folder));
      say("{} cannot be unpacked, or is too large.", shown(relative));
    }
  }

  static std::uint64_t bytes_in(const fs::path& folder) {
    std::uint64_t sum = 0;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
      if (fs::is_regular_file(at->symlink_status(failed))) sum += at->file_size(failed);
    return sum;
  }

  void too_much() {
    if (!std::exchange(is_too_much_, true))
      say("It holds more than {} files, {} MiB or {} folders in each other: the rest was skipped.",
          kMostFiles, kMostBytes >> 20U, kDeepest);
  }

  void consider(const fs::path& entry, const fs::path& relative) {
    Candidate candidate{entry, relative, 3, "", {}};
    const std::string name = relative.filename().string();
    const fs::path stem = fs::path(wanted_.file).stem();
    const fs::path in_tree = fs::path("exercises") / wanted_.exercise / wanted_.file;
    if (name == wanted_.file) {
      candidate.rank = ("/" + relative.string()).ends_with("/" + in_tree.string()) ? 0 : 1;
    } else if (fs::path(name).stem().string().starts_with(stem.string())) {
      static const std::regex numbered(R"([ _-]*\(?v?(\d{1,9})\)?)");
      const std::string rest = fs::path(name).stem().string().substr(stem.string().size());
      std::smatch found;
      const auto is_header = [](const fs::path& file) { return file.extension().string().starts_with(".h"); };
      if (rest.empty() && is_header(name) == is_header(wanted_.file))
        candidate.rank = 1;  // another ending: .cc
      if (std::regex_match(rest, found, numbered)) {
        candidate.rank = 2;
        candidate.group = rest;
        candidate.attempt = AttemptName{std::stoll(found[1]), false};
      }
    }
    for (const fs::path& part : relative.parent_path()) {
      const auto attempt = attempt_of(part.string());
      if (!attempt) continue;
      candidate.group = part.string();
      candidate.attempt = attempt;
      break;
    }
    candidates_.push_back(std::move(candidate));
  }

  void choose() {
    if (candidates_.empty()) return say_what_there_is();
    int best = std::ranges::min_element(candidates_, {}, &Candidate::rank)->rank;
    if (best == 1) best = 2;  // "toy.cpp" and "toy (2).cpp" are two attempts
    std::map<std::string, std::vector<Candidate>> groups;
    for (Candidate& candidate : candidates_)
      if (candidate.rank <= best) groups[candidate.group].push_back(candidate);
    for (auto& [name, group] : groups) {
      std::ranges::sort(group, {}, [](const Candidate& c) {
        const auto time = time_of(c.path).value_or(Moment());
        return std::tuple(c.rank, c.depth(), -time.time_since_epoch().count(), c.relative);
      });
      if (best == 3 && group.size() > 1) {
        say("There are {} sources, and none is called {}: {}.", group.size(), wanted_.file, listed(group));
        continue;
      }
      if (group.size() > 1)
        say("There are {} files that could be meant: {}. The first one was taken.", group.size(),
            listed(group));
      add(group.front());
    }
    sort();
  }

  std::string listed(const std::vector<Candidate>& group) const {
    constexpr std::size_t kShown = 4;
    std::vector<std::string> names;
    for (const Candidate& candidate : group)
      if (names.size() < kShown) names.push_back(candidate.relative.string());
    return fmt::format("{}{}", fmt::join(names, ", "), group.size() > kShown ? ", …" : "");
  }

  void say_what_there_is() {
    constexpr std::size_t kShown = 3;
    const std::size_t more = others_.size() > kShown ? others_.size() - kShown : 0;
    others_.resize(std::min(others_.size(), kShown));
    const std::string listed = fmt::format("{}", fmt::join(others_, ", "));
    if (others_.empty())
      say("{} holds no C++ source.", hand_in_.shown);
    else if (more == 0)
      say("{} holds no C++ source, but {}.", hand_in_.shown, listed);
    else
      say("{} holds no C++ source, but {} and {} more.", hand_in_.shown, listed, more);
  }

  void add(const Candidate& candidate) {
    FoundAttempt found;
    Attempt& attempt = found.attempt;
    attempt.file = shown(candidate.relative);
    attempt.verdict = "unusable";
    set_time(attempt, candidate);
    std::error_code failed;
    const std::uintmax_t size = fs::file_size(candidate.path, failed);
    const auto other = wanted_.others.find(candidate.path.filename());
    if (candidate.path.filename() != wanted_.file && other != wanted_.others.end()) {
      attempt.problem = note("This is the file of another exercise: {}.", other->second);
    } else if (failed) {
      attempt.problem = note("The file cannot be read: {}.", failed.message());
    } else if (size == 0) {
      attempt.problem = note("The file is empty.");
    } else if (size > wanted_.bytes) {
      attempt.problem =
          note("The file has {} KiB; a solution has at most {} KiB.", size >> 10U, wanted_.bytes >> 10U);
    } else {
      read(candidate.path, found);
    }
    numbers_.push_back(candidate.attempt ? std::optional(candidate.attempt->number) : std::nullopt);
    found_.all.push_back(std::move(found));
  }

  static void read(const fs::path& file, FoundAttempt& found) {
    try {
      const std::string text = read_file(file);
      if (text.find('\0') != std::string::npos) {
        found.attempt.problem = note("The file is no text.");
        return;
      }
      found.attempt.content = digest(text);
      found.path = file;
    } catch (const Error&) {
      found.attempt.problem = note("The file cannot be read.");
    }
  }

  /// What the platform says comes first: names and times inside of a hand-in are the student's.
  void set_time(Attempt& attempt, const Candidate& candidate) const {
    const auto set = [&attempt](std::optional<Moment> at, const char* from) {
      if (!at || attempt.handed_in) return;
      attempt.handed_in = at;
      attempt.time_from = from;
    };
    set(hand_in_.handed_in, "metadata");
    if (candidate.attempt && candidate.attempt->is_moment)
      set(Moment(std::chrono::seconds(candidate.attempt->number)), "name");
    if (fs::is_directory(hand_in_.place / ".git"))
      set(git_time(hand_in_.place, candidate.relative, unpacked_), "git");
    set(time_of(candidate.path), "file");
  }

  /// By number where every attempt has one, else by time.
  void sort() {
    std::vector<std::size_t> order(found_.all.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [this](std::size_t i) {
      const Attempt& attempt = found_.all[i].attempt;
      return std::tuple(attempt.handed_in.value_or(Moment()), numbers_[i].value_or(0), attempt.file);
    });
    if (std::ranges::all_of(numbers_, &std::optional<long long>::has_value))
      std::ranges::sort(order, {}, [this](std::size_t i) { return std::tuple(*numbers_[i], i); });
    std::vector<FoundAttempt> sorted;
    for (const std::size_t i : order) sorted.push_back(std::move(found_.all[i]));
    found_.all = std::move(sorted);
  }

  std::string shown(const fs::path& relative) const {
    return relative.empty() ? hand_in_.shown : (fs::path(hand_in_.shown) / relative).string();
  }
  template <class... Values>
  void say(NoteText text, const Values&... values) {
    found_.notes.push_back(note(text, values...));
  }

  const HandIn& hand_in_;
  const Wanted& wanted_;
  fs::path unpacked_;
  std::size_t files_ = 0;
  std::uint64_t left_bytes_ = kMostBytes;  // for what is still to be unpacked
  bool is_too_much_ = false;
  std::size_t archives_ = 0;
  std::vector<Candidate> candidates_;
  std::vector<std::string> others_;
  std::vector<std::optional<long long>> numbers_;  // of found_.all
  FoundAttempts found_;
};

}  // namespace

FoundAttempts find_attempts(const HandIn& hand_in, const Wanted& wanted, const fs::path& unpacked) {
  return Search(hand_in, wanted, unpacked).run();
}

std::vector<std::string> source_names(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed),
       end;
       !failed && at != end; at.increment(failed)) {
    if (is_junk(at->path()) || at.depth() > kDeepest)
      at.disable_recursion_pending();
    else if (is_source(at->path()))
      names.push_back(at->path().filename().string());
  }
  return names;
}

}  // namespace corokit::moulinette
