#include "ladder/solution.hpp"

#include "whole_file.hpp"

#include <sstream>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

Solution read(const fs::path& file, Role role) {
  Solution solution{fs::proximate(file), {}, read_file(file)};
  if (role == Role::alternative) solution.difference = take_opening_comment(solution.text);
  return solution;
}

}  // namespace

std::string take_opening_comment(std::string& text) {
  std::istringstream lines(text);
  std::string comment;
  std::string rest;
  bool is_over = false;
  for (std::string line; std::getline(lines, line);) {
    const bool is_comment = line.starts_with("//");
    is_over = is_over || (!comment.empty() && !is_comment);
    if (is_over || !is_comment) {
      is_over = is_over || !(line.empty() || line.starts_with("#pragma once"));
      rest += line + "\n";
      continue;
    }
    const std::size_t words = line.find_first_not_of("/ ");
    if (words == std::string::npos) continue;
    if (!comment.empty()) comment += ' ';
    comment += line.substr(words);
  }
  text = rest;
  return comment;
}

std::vector<Solution> solutions(const Manifest& manifest) {
  std::vector<Solution> all;
  for (const Role role : {Role::reference, Role::alternative}) {
    for (const RosterEntry& entry : manifest.roster)
      if (entry.role == role) all.push_back(read(manifest.root / entry.file, role));
  }
  return all;
}

}  // namespace corokit::moulinette
