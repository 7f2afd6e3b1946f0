#include "command_line/interruptible_input.hpp"

#include <poll.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace corokit::moulinette {

InterruptibleInput::int_type InterruptibleInput::underflow() {
  for (;;) {
    std::array<pollfd, 2> ready{{{STDIN_FILENO, POLLIN, 0}, {interrupt_.descriptor(), POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), -1) < 0 && errno == EINTR) continue;
    if (ready[1].revents != 0) return traits_type::eof();
    const ssize_t got = read(STDIN_FILENO, &next_, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return traits_type::eof();
    setg(&next_, &next_, &next_ + 1);
    return traits_type::to_int_type(next_);
  }
}

}  // namespace corokit::moulinette
