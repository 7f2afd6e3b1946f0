#include "class/class_progress.hpp"

#include "error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

/// Instead of the line before. The terminal may be gone.
void show(const std::string& line) {
  static_cast<void>(std::fputs(("\r\033[K" + line).c_str(), stderr));
  static_cast<void>(std::fflush(stderr));
}

std::string time_now() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.time_since_epoch().count()),
                     (now - seconds).count());
}

}  // namespace

ClassProgress::ClassProgress(std::filesystem::path file, bool shown, std::size_t total, std::size_t mistakes)
    : file_(std::move(file)),
      output_(file_, std::ios::app),
      shown_(shown),
      total_(total),
      mistakes_(mistakes) {
  if (!output_) throw broken(fmt::format("{} cannot be written.", file_.string()));
}

ClassProgress::~ClassProgress() {
  if (shown_) show("");
}

void ClassProgress::take(const Json& event) {
  Json line{{"time", time_now()}};
  line.update(event);
  output_ << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  if (!output_)
    throw broken(
        fmt::format("{} cannot be written: is the disk full?\nMake room there, then give the same command "
                    "again: it goes on from where this one is.",
                    file_.string()));
  const std::string kind = event.at("event");
  graded_ += kind == "graded" ? 1 : 0;
  known_ += kind == "known" ? 1 : 0;
  failed_ += kind == "failed" ? 1 : 0;
  compared_ += kind == "compared" ? 1 : 0;
  if (!shown_) return;
  const std::string shown =
      line_on(event, std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_));
  if (!shown.empty()) show(shown);
}

std::string ClassProgress::line_on(const Json& event, std::chrono::milliseconds passed) const {
  const std::string kind = event.at("event");
  const std::size_t done = graded_ + known_ + failed_;
  const std::size_t left = total_ - done + mistakes_ - compared_;
  const std::string head =
      fmt::format("[{}/{}] {} ", done, total_, time_left(passed, graded_ + compared_, left));
  if (kind == "comparing" || kind == "compared")
    return mistakes_ == 0
               ? ""
               : head + fmt::format("playing the kit's wrong solutions, to compare with them: {} of {}",
                                    compared_, mistakes_);
  if (!event.contains("file")) return "";
  return head + (kind == "again" ? "again under sanitizers: " : "") +
         fmt::format("{:.60}", event.at("file").get<std::string>());
}

std::string ClassProgress::time_left(std::chrono::milliseconds passed, std::size_t graded, std::size_t left) {
  if (graded == 0) return "";
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(passed * left / graded).count();
  return fmt::format("{}:{:02} left", seconds / 60, seconds % 60);
}

}  // namespace corokit::moulinette
