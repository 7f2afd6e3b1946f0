#pragma once
// Included by main.cpp, and by the program that plays rungs. Everything here has internal linkage: a solution is linked
// with this program, and must not find the functions that report to the grader by name.
#include "timeline.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::specified {
namespace {

/// The connection to the grader: a socket inherited as descriptor 3. The grader first sends a secret over it, with the
/// seed of the run, the processor time that a part may take, and whether this process is confined; it accepts only lines
/// that begin with the secret. Before any other code of this program runs, the secret is read and the descriptor is moved
/// to another number. Memory never holds the secret in the clear, except while a line is written, and the last line erases
/// it.
///
/// Thread-safety: one thread.
namespace channel {

constexpr int kInherited = 3;
constexpr std::size_t kLongestMessage = 1000;
using Text = std::array<char, 128>;

// Written once by receive_orders(), before anything else runs. Each byte of the secret is masked ^ mask.
Text masked{};
Text mask{};
std::size_t secret_length = 0;
int connection = -1;
std::uint64_t base_seed = 1;
std::uint64_t milliseconds_of_part = 0;  // 0: no limit
bool confined = false;                   // whether this process opens no more files once it has begun

/// Is called before any code of a solution runs.
void receive_orders(int /*argc*/, char** /*argv*/, char** /*environment*/) {
  const ssize_t length = recv(kInherited, masked.data(), masked.size() - 1, 0);
  if (length <= 0) return;  // there is no socket: the program was started by hand
  char* numbers = std::find(masked.data(), masked.data() + length, ' ');
  secret_length = static_cast<std::size_t>(numbers - masked.data());
  base_seed = std::strtoull(numbers, &numbers, 10);
  milliseconds_of_part = std::strtoull(numbers, &numbers, 10);
  confined = std::strtoull(numbers, nullptr, 10) != 0;
  [[maybe_unused]] const ssize_t got =
      getrandom(mask.data(), mask.size(), 0);  // if it fails, the secret is not masked
  for (std::size_t i = 0; i < masked.size(); ++i) masked[i] = static_cast<char>(masked[i] ^ mask[i]);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const int high_descriptor = files.rlim_cur > 1024 ? 1000 : static_cast<int>(files.rlim_cur / 2);
  connection = fcntl(kInherited, F_DUPFD_CLOEXEC, high_descriptor);
  close(kInherited);
}

/// False if the program was started by hand, without a grader.
bool connected() noexcept {
  return connection >= 0;
}

/// Writes one line that begins with the secret, and leaves no copy of the secret in memory.
void write_line(const std::string& line) {
  Text clear;
  for (std::size_t i = 0; i < secret_length; ++i) clear[i] = static_cast<char>(masked[i] ^ mask[i]);
  std::array<iovec, 2> pieces{{{clear.data(), secret_length}, {const_cast<char*>(line.data()), line.size()}}};
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  const ssize_t written = sendmsg(connection, &message, MSG_NOSIGNAL);
  explicit_bzero(clear.data(), clear.size());
  if (written < static_cast<ssize_t>(secret_length)) return;  // the grader is gone: it will miss the line
  std::string_view rest = std::string_view(line).substr(static_cast<std::size_t>(written) - secret_length);
  while (!rest.empty()) {
    const ssize_t more = ::send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (more <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(more));
  }
}

void append_quoted(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (json += '\\') += c;
    } else if (byte < 0x20) {
      std::array<char, 8> escaped;
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", byte);
      json += escaped.data();
    } else {
      json += c;
    }
  }
  json += '"';
}

/// Returns: the text, without its middle if it is long. No character of several bytes is cut.
std::string shortened(const std::string& text) {
  if (text.size() <= kLongestMessage) return text;
  const auto within_character = [&text](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  std::size_t head = kLongestMessage * 3 / 4;
  std::size_t tail = text.size() - kLongestMessage / 4;
  while (head > 0 && within_character(head)) --head;
  while (tail < text.size() && within_character(tail)) ++tail;
  return text.substr(0, head) + " […] " + text.substr(tail);
}

/// Announces which part is played next, and under which schedule. Seed 0 is the thread pool.
[[maybe_unused]] void starting(std::uint64_t seed, const std::string& part) {
  if (connected()) write_line(" " + std::to_string(seed) + " " + part + "\n");
}

void append_event(std::string& json, const Timeline::Event& event) {
  json += '[' + std::to_string(event.time.count()) + ',';
  append_quoted(json, event.task);
  json += ',';
  append_quoted(json, event.event);
  json += ']';
}

[[maybe_unused]] void happened(const Timeline::Event& event) {
  if (!connected()) return;
  std::string json = " ";
  append_event(json, event);
  write_line(json + "\n");
}

[[maybe_unused]] void finding(const std::string& message, const std::vector<Timeline::Event>& timeline) {
  std::string json = " {\"outcome\":\"failed\",\"message\":";
  append_quoted(json, shortened(message));
  json += ",\"timeline\":[";
  for (const Timeline::Event& event : timeline) {
    if (json.back() != '[') json += ',';
    append_event(json, event);
  }
  write_line(json + "]}\n");
}

/// Sends the last line, with the processor time of the part that took most of it, and closes the connection: code that
/// runs in destructors cannot send anything.
[[maybe_unused]] void passed(std::uint64_t microseconds_of_longest_part) {
  write_line(" {\"outcome\":\"passed\",\"longest_part\":" + std::to_string(microseconds_of_longest_part) +
             "}\n");
  explicit_bzero(masked.data(), masked.size());
  shutdown(connection, SHUT_RDWR);
  close(connection);
  connection = -1;
}

}  // namespace channel
}  // namespace
}  // namespace corokit::specified
