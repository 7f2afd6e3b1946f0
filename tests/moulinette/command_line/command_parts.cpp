#include "command_line/command_parts.hpp"

#include "building/submission.hpp"
#include "error.hpp"
#include "exercise/closest.hpp"
#include "output/error_texts.hpp"

#include <fmt/format.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

void require_written(bool written) {
  if (!written)
    throw broken(
        error_text("The output cannot be written ({}): send it to another place, and run the command again.",
                   std::strerror(errno)));
}

}  // namespace

Exercise find_exercise(const Request& request, const std::string& name) {
  const std::vector<Exercise> kit = load_kit(request.kit);
  std::vector<std::string> names;
  for (const Exercise& exercise : kit) {
    if (exercise.name == name) return exercise;
    names.push_back(exercise.name);
  }
  const std::string meant = closest(name, names);
  throw misuse(
      meant.empty()
          ? error_text("There is no exercise \"{}\". There is: {}.\nSee them with: ./moulinette list", name,
                       fmt::format("{}", fmt::join(names, ", ")))
          : error_text("There is no exercise \"{}\": did you mean \"{}\"?\n"
                       "See them with: ./moulinette list",
                       name, meant));
}

void print(const std::string& text) {
  require_written(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

// JSON is UTF-8, and the text of a solution or a compiler may not be.
void print(const nlohmann::ordered_json& json) {
  print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

std::filesystem::path submission(const Session& session, const std::optional<std::string>& file) {
  if (file && file->empty())
    throw misuse(
        error_text("FILE is an empty text.\nGive the path of your solution, or none to grade the file in the "
                   "exercise's folder."));
  std::filesystem::path source = file ? std::filesystem::path(*file) : session.file_to_fill_in();
  if (session.find_in_roster(source)) return source;
  check_submission(source, session.spec.limits.source_bytes, session.spec.is_rung);
  return source;
}

void flush_output() {
  std::cout.flush();
  require_written(std::fflush(stdout) == 0 && std::ferror(stdout) == 0);
}

}  // namespace corokit::moulinette
