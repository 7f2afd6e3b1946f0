// Live configuration: a task may change the settings at any time. A server takes over the newest ones between two
// requests, and is not restarted.
//
// Look at:
//   - serve(): select() waits for the next request and for a change at the same time.
//   - borrow_and_update(): it gives the newest value, and marks it as seen. What it gave does not change later. Values
//     between two calls are skipped: the server never sees "fr" below.
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/watch.hpp>

#include <cstdio>
#include <string>

using namespace corokit;

namespace {

struct Settings {
  std::string language;
  int greetings;
};

Task<> serve(mpsc::Receiver<std::string> names, watch::Receiver<Settings> settings, mpsc::Sender<int> done) {
  auto now = settings.borrow_and_update();
  for (;;) {
    auto next = co_await select(biased, settings.changed(), names.recv());
    if (next.index() == 0) {
      if (!std::get<0>(next)) co_return;  // nobody can change them any more, and nobody asks either
      now = settings.borrow_and_update();
      std::printf("from now on: %s, %d times\n", now->language.c_str(), now->greetings);
    } else {
      const auto& name = std::get<1>(next);
      if (!name) co_return;
      for (int i = 0; i < now->greetings; ++i)
        std::printf("%s, %s!\n", now->language == "de" ? "Hallo" : "Hello", name->c_str());
      static_cast<void>(co_await done.send(now->greetings));
    }
  }
}

Task<> operate() {
  Settings initial{"en", 1};
  auto [settings, seen_by_server] = watch::channel(std::move(initial));
  auto [names, queue] = mpsc::channel<std::string>(4);
  auto [done, served] = mpsc::channel<int>(4);
  spawn(serve(std::move(queue), std::move(seen_by_server), std::move(done))).detach();

  static_cast<void>(co_await names.send("Ada"));
  co_await served.recv();

  // On one thread the server runs only while this task waits, and sees what is there then.
  settings.send_modify([](Settings& value) { value.language = "fr"; });
  settings.send_modify([](Settings& value) { value.language = "de"; });
  settings.send_modify([](Settings& value) { value.greetings = 2; });
  static_cast<void>(co_await names.send("Grace"));
  co_await served.recv();
}

}  // namespace

int main() {
  block_on(operate());
}
