// Calls that block, as those of libraries do that know nothing of corokit: threads wait for them. A file is read by one
// such call; lines come one after another, for as long as somebody writes. (corokit/io/ reads both without a thread.)
//
// Look at:
//   - serve(): spawn_blocking() runs the call on a thread that may block. The workers go on with other tasks.
//   - read_lines(): a thread of its own hands each line over. blocking_send() waits while the channel is full, so a
//     fast writer is slowed down; it says when nobody receives any more, and the thread ends.
#include <corokit/runtime.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/mpsc.hpp>

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

using namespace corokit;

namespace {

/// Blocks until the file is read.
std::string first_word(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

/// Blocks until nobody can write any more, or until nobody receives.
void read_lines(int descriptor, mpsc::Sender<std::string> lines) {
  FILE* input = fdopen(descriptor, "r");
  char line[80];
  while (std::fgets(line, sizeof line, input) && lines.blocking_send(std::string(line))) {
  }
  std::fclose(input);
}

Task<> serve(mpsc::Receiver<std::string> lines) {
  const std::string path = "/proc/self/comm";
  auto reading = spawn_blocking([path] { return first_word(path); });
  while (const auto line = co_await lines.recv()) std::printf("received: %s", line->c_str());
  const auto word = co_await reading;
  std::printf("the file has %s\n", word.value().empty() ? "no words" : "a word");
}

}  // namespace

int main() {
  int ends[2];
  if (pipe(ends) != 0) return 1;
  auto [tx, rx] = mpsc::channel<std::string>(4);
  std::thread reader(read_lines, ends[0], std::move(tx));
  std::thread writer([to = ends[1]] {  // stands for somebody at a terminal
    dprintf(to, "wake up\nfollow the white rabbit\n");
    close(to);
  });
  Runtime::multi_thread().block_on(serve(std::move(rx)));
  writer.join();
  reader.join();
}
