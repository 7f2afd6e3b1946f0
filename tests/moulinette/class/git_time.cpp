#include "class/git_time.hpp"

#include "process/process.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <string>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kObjectName = 40;

bool is_object_name(const std::string& text) {
  return text.size() == kObjectName &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::string first_line(const fs::path& file) {
  std::string line;
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return line;  // a pipe would never end
  std::ifstream input(file);
  std::getline(input, line);
  return line;
}

/// Returns: the commit that HEAD names; empty if there is none.
std::string head(const fs::path& git) {
  std::string name = first_line(git / "HEAD");
  const std::string prefix = "ref: ";
  if (!name.starts_with(prefix)) return name;
  name.erase(0, prefix.size());
  if (name.find("..") != std::string::npos || name.starts_with('/')) return "";
  if (std::string commit = first_line(git / name); is_object_name(commit)) return commit;
  std::error_code failed;
  if (!fs::is_regular_file(git / "packed-refs", failed)) return "";
  std::ifstream packed(git / "packed-refs");
  for (std::string line; std::getline(packed, line);)
    if (line.size() > kObjectName && line.substr(kObjectName + 1) == name) return line.substr(0, kObjectName);
  return "";
}

}  // namespace

std::optional<Moment> git_time(const fs::path& repository, const fs::path& file, const fs::path& work) {
  const std::string commit = head(repository / ".git");
  if (!is_object_name(commit)) return {};
  const fs::path empty = work / "empty.git";
  const ProcessLimits limits{.wall = std::chrono::seconds(20), .cpu = std::chrono::seconds(10)};
  std::vector<std::string> environment{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
                                       "GIT_ALLOW_PROTOCOL=none", "GIT_PAGER=cat"};
  fs::create_directories(work);
  if (!fs::exists(empty / "HEAD") &&
      !run_process({.argv = {"git", "init", "-q", "--bare", empty.string()}, .environment = environment},
                   limits)
           .succeeded())
    return {};
  environment.push_back("GIT_ALTERNATE_OBJECT_DIRECTORIES=" + (repository / ".git/objects").string());
  const Finished finished = run_process({.argv = {"git", "--git-dir=" + empty.string(), "--literal-pathspecs",
                                                  "log", "-1", "--format=%ct", commit, "--", file.string()},
                                         .environment = environment},
                                        limits);
  long long seconds = 0;
  const char* begin = finished.output.data();
  const auto read = std::from_chars(begin, begin + finished.output.size(), seconds);
  if (!finished.succeeded() || read.ptr == begin) return {};
  return Moment(std::chrono::seconds(seconds));
}

}  // namespace corokit::moulinette
