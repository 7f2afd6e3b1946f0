#include "ladder/saves.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr std::uint32_t kOfFiles = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr std::uint32_t kOfFolder = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t kFolderGone = kOfFolder | IN_IGNORED | IN_UNMOUNT;

}  // namespace

Saves::Saves(const fs::path& file)
    : folder_(fs::absolute(file).parent_path()), events_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  watch(fs::absolute(file));
  std::error_code failed;
  const fs::path target = fs::weakly_canonical(file, failed);
  if (!failed && fs::is_directory(target.parent_path(), failed)) watch(target);
}

void Saves::watch(const fs::path& file) {
  names_.insert(file.filename().string());
  if (inotify_add_watch(events_.get(), file.parent_path().c_str(), kOfFiles | kOfFolder | IN_ONLYDIR) >= 0)
    return;
  throw broken(fmt::format("{} cannot be watched: {}.", file.parent_path().string(), std::strerror(errno)));
}

bool Saves::take() {
  bool is_saved = false;
  alignas(inotify_event) std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t got = read(events_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return is_saved;
    for (ssize_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      if (event.mask & kFolderGone)
        throw broken(fmt::format("{} does not exist any more.", folder_.string()));
      // Where events were lost, a save may be among them.
      is_saved = is_saved || (event.mask & IN_Q_OVERFLOW) != 0 ||
                 (event.len > 0 && names_.contains(buffer.data() + at + sizeof event));
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
}

}  // namespace corokit::moulinette
