#pragma once
// For main.cpp alone. All of it has internal linkage: a solution is linked with this program, and must not find
// by name what speaks for the tests.
#include <fcntl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace corokit::specified {
namespace {

/// How a test ended, as main.cpp tells the grader.
struct Report {
  std::string test;
  bool passed = false;
  std::string message = {};
  std::uint64_t schedules = 0;  // how many schedules were played, the failing one included
  std::uint64_t seed = 0;       // of the failing schedule; 0 when there is none
  std::string_view mode = {};   // where it failed: "simulation" or "thread_pool"
};

/// The line to the grader. It is a socket inherited as descriptor 3, over which the grader first sends a
/// secret; only lines that open with the secret count. The secret is read, and the descriptor moved away,
/// before any other code of this program runs; it stands nowhere in the clear, and is gone with the report.
///
/// Thread-safety: one thread.
namespace channel {

constexpr int kInherited = 3;
using Text = std::array<char, 64>;

// Written once by hear_the_secret(), before anything else runs. Each byte of the secret is veiled ^ veil.
Text veiled{};
Text veil{};
std::size_t secret_length = 0;
int line = -1;

/// Runs from .preinit_array: before the constructors of every object in this program, so it leans on nothing
/// but system calls.
void hear_the_secret(int, char**, char**) {
  const ssize_t length = recv(kInherited, veiled.data(), veiled.size(), 0);
  if (length <= 0) return;  // no socket there: started by hand
  secret_length = static_cast<std::size_t>(length);
  [[maybe_unused]] const ssize_t got = getrandom(veil.data(), veil.size(), 0);  // without it: no veil
  for (std::size_t i = 0; i < secret_length; ++i) veiled[i] = static_cast<char>(veiled[i] ^ veil[i]);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const int out_of_the_way = files.rlim_cur > 1024 ? 1000 : static_cast<int>(files.rlim_cur / 2);
  line = fcntl(kInherited, F_DUPFD_CLOEXEC, out_of_the_way);
  close(kInherited);
}

[[gnu::used, gnu::section(".preinit_array")]] void (*const kFirst)(int, char**, char**) = hear_the_secret;

void write_all(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::send(line, text.data(), text.size(), MSG_NOSIGNAL);
    if (written <= 0) return;  // the grader is gone, or the line was cut: it will miss the report
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Opens a line of ours, and leaves no copy of the secret behind.
void write_secret() noexcept {
  Text clear;
  for (std::size_t i = 0; i < secret_length; ++i) clear[i] = static_cast<char>(veiled[i] ^ veil[i]);
  write_all({clear.data(), secret_length});
  explicit_bzero(clear.data(), clear.size());
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

/// False when nobody is on the line: the program was started by hand.
bool connected() noexcept {
  return line >= 0;
}

/// Says which schedule comes next, so that a crash or a hang can be traced to it. Seed 0: the thread pool.
void starting(std::uint64_t seed) noexcept {
  if (!connected()) return;
  std::array<char, 32> text{' '};
  char* end = std::to_chars(text.data() + 1, text.data() + text.size() - 1, seed).ptr;
  *end++ = '\n';
  write_secret();
  write_all({text.data(), static_cast<std::size_t>(end - text.data())});
}

/// Sends the one report, and hangs up: what runs in destructors has nobody to talk to.
void send(const Report& report) {
  std::string json = " {\"test\":";
  append_quoted(json, report.test);
  json += report.passed ? ",\"outcome\":\"passed\",\"message\":" : ",\"outcome\":\"failed\",\"message\":";
  append_quoted(json, report.message);
  json += ",\"schedules\":" + std::to_string(report.schedules) + ",\"seed\":" + std::to_string(report.seed) +
          ",\"mode\":";
  append_quoted(json, report.mode);
  json += "}\n";
  write_secret();
  write_all(json);
  explicit_bzero(veiled.data(), veiled.size());
  shutdown(line, SHUT_RDWR);
  close(line);
  line = -1;
}

}  // namespace channel
}  // namespace
}  // namespace corokit::specified
