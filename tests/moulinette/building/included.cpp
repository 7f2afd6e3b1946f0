#include "building/included.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// What an #include names, and whether in quotes.
struct Name {
  std::string_view text;
  bool is_quoted = false;
};

/// Returns: what a line includes; nothing if it includes nothing.
Name included_by(std::string_view line) {
  static constexpr std::string_view kBlank = " \t";
  const auto skip = [&line](std::string_view what) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (!line.starts_with(what)) return false;
    line.remove_prefix(what.size());
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    return true;
  };
  if (!skip("#") || !skip("include") || line.empty()) return {};
  const bool is_quoted = line.front() == '"';
  const std::size_t end = line.find(is_quoted ? '"' : '>', 1);
  if (end == std::string_view::npos) return {};
  return {line.substr(1, end - 1), is_quoted};
}

/// Finds what the kit's own files include, from one file to the next. What a student has written lies in `handed_in`: it
/// could name any file.
class Search {
 public:
  Search(fs::path handed_in, std::vector<fs::path> folders, std::vector<fs::path>& found)
      : handed_in_(std::move(handed_in)), folders_(std::move(folders)), found_(found) {}

  void add(const fs::path& file) {
    if (std::ranges::find(found_, file) != found_.end()) return;
    found_.push_back(file);
    if (std::ranges::mismatch(handed_in_, file).in1 == handed_in_.end()) return;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      const Name name = included_by(line);
      if (name.text.empty()) continue;
      std::error_code failed;
      const fs::path beside = (file.parent_path() / name.text).lexically_normal();
      if (name.is_quoted && fs::is_regular_file(beside, failed)) {
        add(beside);
        continue;
      }
      const auto folder = std::ranges::find_if(
          folders_, [&](const fs::path& tried) { return fs::is_regular_file(tried / name.text, failed); });
      if (folder != folders_.end()) add((*folder / name.text).lexically_normal());
    }
  }

 private:
  fs::path handed_in_;
  std::vector<fs::path> folders_;
  std::vector<fs::path>& found_;
};

}  // namespace

std::vector<fs::path> files_to_compile(const Manifest& manifest, const std::vector<fs::path>& sources,
                                       const fs::path& first) {
  std::vector<fs::path> found;
  std::vector<fs::path> searched{first};
  const bool is_rung = !manifest.tests.empty();
  for (std::size_t i = 0; i < manifest.compile.size(); ++i) {
    const std::string& flag = manifest.compile[i];
    if (i > 0 && manifest.compile[i - 1] == "-include") {
      found.emplace_back(flag);
      found.emplace_back(flag + ".gch");
    }
    if (!flag.starts_with("-I")) continue;
    const fs::path folder = flag.substr(2);
    // The folder of an exercise also holds what a student has written.
    if (is_rung || folder == manifest.folder)
      searched.push_back(folder);
    else
      found.push_back(folder);
  }
  Search search(first, std::move(searched), found);
  for (const fs::path& source : sources) search.add(source);
  // In the folder of a rung, what is not given is written by students.
  for (const auto& entry : fs::directory_iterator(manifest.folder))
    if (is_rung ? entry.path().filename() == "given.hpp" : entry.path().extension() == ".hpp")
      search.add(entry.path());
  return found;
}

}  // namespace corokit::moulinette
