#include "ladder/progress_file.hpp"

#include "output/error_texts.hpp"
#include "whole_file.hpp"

#include <corokit/io/descriptor.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr off_t kLargest = 1 << 20;  // bytes of a file that we may have written

/// Why nothing is remembered.
struct Forgotten {
  std::string sentence;
};

Forgotten cannot(ErrorText what, const fs::path& file) {
  return {error_text(what, file.string(), std::strerror(errno))};
}

/// The text of a file, of which there may be none.
struct Contents {
  enum class State { missing, unreadable, odd, read };
  State state = State::missing;
  std::string text = {};
};

Contents contents_of(const fs::path& file) {
  // What is no regular file must not block us.
  const io::Descriptor opened(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!opened) return {errno == ENOENT ? Contents::State::missing : Contents::State::unreadable};
  struct stat seen {};
  if (fstat(opened.get(), &seen) != 0) return {Contents::State::unreadable};
  if (!S_ISREG(seen.st_mode) || seen.st_size > kLargest) return {Contents::State::odd};
  Contents contents{Contents::State::read, std::string(static_cast<std::size_t>(seen.st_size), '\0')};
  const ssize_t got = ::read(opened.get(), contents.text.data(), contents.text.size());
  contents.text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return contents;
}

/// Returns: the document in the text; nothing if it is none of ours.
std::optional<Json> document_in(const Contents& contents) {
  Json json = Json::parse(contents.text, nullptr, false);
  const auto version = json.find("version");
  if (!json.is_object() || version == json.end() || !version->is_number_unsigned()) return {};
  return json;
}

Standings standings_in(const Json& document) {
  const auto found = document.find("exercises");
  return found == document.end() ? Standings() : parse_standings(*found);
}

/// Waits for the lock of the folder, which its owner holds for as long as it takes to write a file.
io::Descriptor lock(const fs::path& folder) {
  const fs::path file = folder / "progress.lock";
  io::Descriptor opened(open(file.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!opened) throw cannot("Your progress is not remembered: {} cannot be written: {}.", file);
  while (flock(opened.get(), LOCK_EX) != 0 && errno == EINTR) {
  }  // some file systems have no locks
  return opened;
}

void make(const fs::path& folder) {
  if (folder.empty())
    throw Forgotten{
        error_text("Your progress is not remembered: neither XDG_STATE_HOME nor HOME names a folder.")};
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) return;
  errno = failed.value();
  throw cannot("Your progress is not remembered: {} cannot be made: {}.", folder);
}

/// Requires: the lock. Returns: a sentence if what was there made no sense, and was put aside.
std::string change_locked(const fs::path& file, const std::string& exercise,
                          const std::function<void(Standing&)>& change) {
  const Contents contents = contents_of(file);
  if (contents.state == Contents::State::unreadable)
    throw cannot("Your progress is not remembered: {} cannot be read: {}.", file);
  std::string sentence;
  Standings standings;
  if (const auto document = document_in(contents)) {
    if (document->at("version") > kVersion)
      throw Forgotten{
          error_text("Your progress is not remembered: a newer version has written {}.", file.string())};
    standings = standings_in(*document);
  } else if (contents.state != Contents::State::missing) {
    const fs::path aside = file.string() + ".broken";
    if (rename(file.c_str(), aside.c_str()) != 0)
      throw cannot("Your progress is not remembered: {} cannot be read: {}.", file);
    sentence =
        error_text("What was remembered of your progress makes no sense: it is kept in {}.", aside.string());
  }
  change(standings[exercise]);
  const Json document{{"version", kVersion}, {"exercises", to_json(standings)}};
  if (!write_if_possible(file, document.dump(1) + "\n"))
    throw cannot("Your progress is not remembered: {} cannot be written: {}.", file);
  return sentence;
}

}  // namespace

Standings ProgressFile::read() const {
  if (folder_.empty()) return {};
  const auto document = document_in(contents_of(folder_ / "progress.json"));
  return document ? standings_in(*document) : Standings();
}

std::string ProgressFile::change(const std::string& exercise,
                                 const std::function<void(Standing&)>& change) const {
  try {
    make(folder_);
    const io::Descriptor locked = lock(folder_);
    return change_locked(folder_ / "progress.json", exercise, change);
  } catch (const Forgotten& why) {
    return why.sentence;
  }
}

}  // namespace corokit::moulinette
