#pragma once
// Included by main.cpp only. Everything here has internal linkage: a solution is linked with this program, and must
// not find the functions that report to the grader by name.
#include <fcntl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace corokit::specified {
namespace {

/// How a test ended; main.cpp sends it to the grader.
struct Report {
  std::string test;
  std::string part = {};  // that failed
  bool passed = false;
  std::string message = {};
  std::uint64_t schedules = 0;  // the number of schedules that were run, including the failing one
  std::uint64_t seed = 0;       // of the failing schedule; 0 if there is none
  std::string_view mode = {};   // where it failed: "simulation" or "thread_pool"
};

/// The connection to the grader: a socket inherited as descriptor 3. The grader first sends a secret over it, and
/// accepts only lines that begin with the secret. Before any other code of this program runs, the secret is read and
/// the descriptor is moved to another number. Memory never holds the secret in the clear, except while a line is
/// written, and sending the report erases it.
///
/// Thread-safety: one thread.
namespace channel {

constexpr int kInherited = 3;
using Text = std::array<char, 64>;

// Written once by receive_secret(), before anything else runs. Each byte of the secret is masked ^ mask.
Text masked{};
Text mask{};
std::size_t secret_length = 0;
int connection = -1;

/// Runs from .preinit_array, before the constructors of all objects of this program, so it uses only system calls.
void receive_secret(int, char**, char**) {
  const ssize_t length = recv(kInherited, masked.data(), masked.size(), 0);
  if (length <= 0) return;  // there is no socket: the program was started by hand
  secret_length = static_cast<std::size_t>(length);
  [[maybe_unused]] const ssize_t got =
      getrandom(mask.data(), mask.size(), 0);  // if it fails, the secret is not masked
  for (std::size_t i = 0; i < secret_length; ++i) masked[i] = static_cast<char>(masked[i] ^ mask[i]);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const int high_descriptor = files.rlim_cur > 1024 ? 1000 : static_cast<int>(files.rlim_cur / 2);
  connection = fcntl(kInherited, F_DUPFD_CLOEXEC, high_descriptor);
  close(kInherited);
}

[[gnu::used, gnu::section(".preinit_array")]] void (*const kFirst)(int, char**, char**) = receive_secret;

void write_all(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (written <= 0) return;  // the grader is gone or the connection is closed: it will miss the report
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Writes the secret at the start of a line, and leaves no copy of it in memory.
void write_secret() noexcept {
  Text clear;
  for (std::size_t i = 0; i < secret_length; ++i) clear[i] = static_cast<char>(masked[i] ^ mask[i]);
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

/// False if the program was started by hand, without a grader.
bool connected() noexcept {
  return connection >= 0;
}

/// Reports which part comes next, and under which schedule, so that a crash or a hang can be traced to it. Seed 0 is
/// the thread pool.
void starting(std::uint64_t seed, const std::string& part) {
  if (!connected()) return;
  write_secret();
  write_all(" " + std::to_string(seed) + " " + part + "\n");
}

/// Sends the only report and closes the connection: code that runs in destructors cannot send anything.
void send(const Report& report) {
  std::string json = " {\"test\":";
  append_quoted(json, report.test);
  json += report.passed ? ",\"outcome\":\"passed\",\"message\":" : ",\"outcome\":\"failed\",\"message\":";
  append_quoted(json, report.message);
  json += ",\"part\":";
  append_quoted(json, report.part);
  json += ",\"schedules\":" + std::to_string(report.schedules) + ",\"seed\":" + std::to_string(report.seed) +
          ",\"mode\":";
  append_quoted(json, report.mode);
  json += "}\n";
  write_secret();
  write_all(json);
  explicit_bzero(masked.data(), masked.size());
  shutdown(connection, SHUT_RDWR);
  close(connection);
  connection = -1;
}

}  // namespace channel
}  // namespace
}  // namespace corokit::specified
