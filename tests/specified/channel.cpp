#include "channel.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>

namespace corokit::specified {
namespace {

constexpr int kInherited = 3;

// Written once by hear_the_secret(), before anything else runs.
std::array<char, 64> secret{};
std::size_t secret_length = 0;
int line = -1;

/// Runs from .preinit_array: before the constructors of every object in this program, so it leans on nothing
/// but system calls.
void hear_the_secret(int, char**, char**) {
  const ssize_t length = recv(kInherited, secret.data(), secret.size(), 0);
  if (length <= 0) return;  // no socket there: started by hand
  secret_length = static_cast<std::size_t>(length);
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

std::string_view the_secret() noexcept {
  return {secret.data(), secret_length};
}

}  // namespace

namespace channel {

bool connected() noexcept {
  return line >= 0;
}

void starting(std::uint64_t seed) noexcept {
  if (!connected()) return;
  std::array<char, 128> text;
  char* end = text.data() + the_secret().copy(text.data(), secret.size());
  *end++ = ' ';
  end = std::to_chars(end, text.data() + text.size() - 1, seed).ptr;
  *end++ = '\n';
  write_all({text.data(), static_cast<std::size_t>(end - text.data())});
}

void send(const Report& report) {
  std::string json(the_secret());
  json += " {\"test\":";
  append_quoted(json, report.test);
  json += report.passed ? ",\"outcome\":\"passed\",\"message\":" : ",\"outcome\":\"failed\",\"message\":";
  append_quoted(json, report.message);
  json += ",\"schedules\":" + std::to_string(report.schedules) + ",\"seed\":" + std::to_string(report.seed) +
          ",\"mode\":";
  append_quoted(json, report.mode);
  json += "}\n";
  write_all(json);
}

}  // namespace channel
}  // namespace corokit::specified
