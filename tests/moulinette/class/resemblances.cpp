#include "class/resemblances.hpp"

#include "class/code_tokens.hpp"
#include "class/hand_in_notes.hpp"
#include "class/page_parts.hpp"
#include "class/similar_page.hpp"
#include "class/similarity.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMuchShared = 50;  // percent
constexpr std::size_t kMostPages = 200;  // of pairs that are shown side by side

int percent(double part) {
  return static_cast<int>(std::lround(part * 100));
}

/// Returns: what everybody has: the files in the folder of the exercise, the code in its texts, and the headers of the
///   orchestrators, which declare what is to be written.
std::vector<std::string> given(const Manifest& manifest) {
  std::vector<std::string> texts;
  const auto add_files = [&texts](const fs::path& folder) {
    std::error_code failed;
    for (const auto& file : fs::directory_iterator(folder, failed)) {
      const fs::path kind = file.path().extension();
      if (kind == ".hpp" || kind == ".cpp") texts.push_back(read_file(file));
      if (kind == ".md") texts.push_back(code_of_markdown(read_file(file)));
    }
  };
  add_files(manifest.folder);
  add_files(manifest.root / "orchestrator/include/corokit/orchestrator");
  return texts;
}

std::vector<NamedSource> solutions(const Manifest& manifest) {
  std::vector<NamedSource> found;
  for (const RosterEntry& entry : manifest.roster) {
    if (entry.role == Role::reference || entry.role == Role::alternative)
      found.push_back({entry.name, read_file(manifest.root / entry.file)});
  }
  return found;
}

class Finder {
 public:
  Finder(ClassResult& result, fs::path out, Language language)
      : result_(result), out_(std::move(out)), language_(language) {
    std::error_code failed;
    fs::remove_all(out_ / "similar", failed);
    // A shard says it of its part alone.
    std::erase_if(result_.problems, [](const std::string& problem) {
      return problem.find(" is the same in more than a third of them, ") != std::string::npos;
    });
    for (StudentResult& student : result_.students) {
      student.similar.clear();
      if (!fs::exists(out_ / source_file(student.id), failed)) continue;
      students_.push_back(&student);
      const Attempt* attempt = student.counting();
      hand_ins_.push_back({student.id, student.group, read_file(out_ / source_file(student.id)),
                           attempt ? attempt->file : std::string()});
    }
  }

  void find(const Manifest& manifest) {
    const std::vector<NamedSource> known = solutions(manifest);
    const Similarity found = find_similar(hand_ins_, given(manifest), known);
    for (const std::size_t hand_in : found.unwritten) students_[hand_in]->same_as.clear();
    if (found.shared >= kMuchShared) tell_what_is_shared(found.shared);
    for (const auto& same : found.same) add_same(same);
    for (const SimilarPair& pair : found.pairs) add_pair(pair.one, pair.other, pair.likeness);
    for (const KnownCopy& copy : found.known) add_copy(copy, known);
  }

 private:
  void tell_what_is_shared(std::size_t percent_shared);
  void add_same(const std::vector<std::size_t>& same);
  void add_pair(std::size_t one, std::size_t other, const Likeness& likeness);
  void add_copy(const KnownCopy& copy, const std::vector<NamedSource>& known);
  /// Writes a page. Returns: its place; empty if there are too many.
  std::string write_page(const std::string& name, const Side& one, const Side& other,
                         const Likeness& likeness);

  ClassResult& result_;
  const fs::path out_;
  const Language language_;
  std::vector<StudentResult*> students_;  // those who have handed in a source
  std::vector<ComparedFile> hand_ins_;    // of the same
  std::size_t pages_ = 0;
};

std::string Finder::write_page(const std::string& name, const Side& one, const Side& other,
                               const Likeness& likeness) {
  if (++pages_ > kMostPages) return "";
  fs::create_directories(out_ / "similar");
  fs::path place = fs::path("similar") / (name + ".html");
  while (fs::exists(out_ / place))
    place.replace_extension(".2.html");  // "a-b" and "c" as well as "a" and "b-c"
  write_file(out_ / place, similar_page(one, other, likeness.passages, language_));
  return place.string();
}

/// What many have is nobody's own: so many copies of one source would hide each other.
void Finder::tell_what_is_shared(std::size_t percent_shared) {
  std::string sentence = note(
      "{} % of what the hand-ins have beyond the given text is the same in more than a third of them, and is "
      "not counted "
      "as a resemblance: look whether they have one source.",
      percent_shared);
  if (std::ranges::find(result_.problems, sentence) == result_.problems.end())
    result_.problems.push_back(std::move(sentence));
}

/// Those who have the same tokens, but not the same content, each with the first one of them.
void Finder::add_same(const std::vector<std::size_t>& same) {
  const auto lines = [this](std::size_t hand_in) {
    const std::string& source = hand_ins_[hand_in].source;
    return static_cast<std::size_t>(std::ranges::count(source, '\n')) + 1;
  };
  for (std::size_t i = 1; i < same.size(); ++i) {
    const ComparedFile& one = hand_ins_[same.front()];
    const ComparedFile& other = hand_ins_[same[i]];
    if (one.source == other.source || have_worked_together(one, other)) continue;
    add_pair(same.front(), same[i], {1, 1, {{{1, lines(same.front())}, {1, lines(same[i])}, 0}}});
  }
}

void Finder::add_pair(std::size_t one, std::size_t other, const Likeness& likeness) {
  StudentResult& a = *students_[one];
  StudentResult& b = *students_[other];
  const int of_a = percent(likeness.of_one);
  const int of_b = percent(likeness.of_other);
  const std::string page = write_page(a.id + "-" + b.id, {name_of(a), hand_ins_[one].source, of_a},
                                      {name_of(b), hand_ins_[other].source, of_b}, likeness);
  a.similar.push_back({b.id, of_a, page});
  b.similar.push_back({a.id, of_b, page});
}

void Finder::add_copy(const KnownCopy& copy, const std::vector<NamedSource>& known) {
  StudentResult& student = *students_[copy.hand_in];
  const auto solution = std::ranges::find(known, copy.known, &NamedSource::name);
  const int own = percent(copy.likeness.of_one);
  const std::string page =
      write_page(student.id + "-solution", {name_of(student), hand_ins_[copy.hand_in].source, own},
                 {copy.known, solution->source, percent(copy.likeness.of_other)}, copy.likeness);
  student.similar.push_back({kSolution, own, page});
}

}  // namespace

void find_resemblances(ClassResult& result, const fs::path& out, const Manifest& manifest,
                       Language language) {
  Finder(result, out, language).find(manifest);
}

}  // namespace corokit::moulinette
