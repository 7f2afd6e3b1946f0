// tail -f of several files: prints each line that is appended to any of them. The kernel tells of changes through a
// descriptor of its own kind, which AsyncFd waits for.
//
// Look at:
//   - changed(): read_with() does the system call that this descriptor needs, whenever it is ready.
//   - follow(): the file is read by BufferedReader, which keeps a line whose end has not come yet.
#include <corokit/io/async_fd.hpp>
#include <corokit/io/buffered_reader.hpp>
#include <corokit/io/file.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/mpsc.hpp>

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace corokit;
using namespace corokit::io;

namespace {

/// Waits until the watched file has changed.
Task<> changed(AsyncFd& watch) {
  std::array<char, 4096> events;
  const auto read_events = [&] { return ::read(watch.get(), events.data(), events.size()); };
  (co_await watch.read_with(read_events)).value();
}

/// A file of which more may come: its end is a wait.
class Growing {
 public:
  Growing(File file, AsyncFd watch) : file_(std::move(file)), watch_(std::move(watch)) {}

  Task<IoResult<std::size_t>> read(MutableBuffer into) {
    for (;;) {
      auto got = co_await file_.read(into);
      if (!got || *got != 0) co_return got;
      co_await changed(watch_);
    }
  }

 private:
  File file_;
  AsyncFd watch_;
};

Task<> follow(std::string path, std::string name, mpsc::Sender<std::string> lines) {
  // Watched before it is read: what is appended in between is not missed.
  AsyncFd watch = AsyncFd::make(Descriptor(::inotify_init1(IN_CLOEXEC))).value();
  ::inotify_add_watch(watch.get(), path.c_str(), IN_MODIFY);
  File file = (co_await File::open(path)).value();
  Growing growing(std::move(file), std::move(watch));
  BufferedReader reader(growing);
  for (;;) {
    auto line = co_await reader.next_line();
    const auto sent = co_await lines.send(name + ": " + line.value().value());
    if (!sent) co_return;
  }
}

Task<> append(std::string path, std::string text) {
  File file = (co_await File::open(path, File::Mode::append)).value();
  (co_await file.write(text)).value();
}

Task<> run(std::string folder) {
  auto [tx, rx] = mpsc::channel<std::string>(16);
  JoinSet<void> followers;  // dropped at the end, and its tasks with it
  for (const char* name : {"first", "second"}) {
    (co_await write_file(folder + name, "")).value();
    followers.spawn(follow(folder + name, name, tx));
  }
  const auto expect = [](mpsc::Receiver<std::string>* from) -> Task<> {
    const auto line = co_await from->recv();
    std::printf("%s\n", line.value().c_str());
  };
  co_await append(folder + "first", "one\n");
  co_await expect(&rx);
  co_await append(folder + "second", "half a line");
  co_await append(folder + "first", "two\n");
  co_await expect(&rx);
  co_await append(folder + "second", ", and its end\n");
  co_await expect(&rx);
  for (const char* name : {"first", "second"}) ::unlink((folder + name).c_str());
}

}  // namespace

int main() {
  char folder[] = "/tmp/tail_XXXXXX";
  if (!::mkdtemp(folder)) return 1;
  Runtime::multi_thread().block_on(run(std::string(folder) + "/"));
  ::rmdir(folder);
}
