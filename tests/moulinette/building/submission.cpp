#include "building/submission.hpp"

#include "error.hpp"
#include "output/error_texts.hpp"

#include <unistd.h>
#include <set>
#include <string>

namespace corokit::moulinette {
namespace fs = std::filesystem;

void check_submission(const fs::path& file, std::size_t max_bytes, bool is_header) {
  static const std::set<std::string> endings_of_source{".cpp", ".cc", ".cxx"};
  static const std::set<std::string> endings_of_header{".hpp", ".hh", ".hxx", ".h"};
  const std::set<std::string>& endings = is_header ? endings_of_header : endings_of_source;
  const std::string name = file.string();
  std::error_code failed;
  const fs::file_status status = fs::status(file, failed);
  if (!fs::exists(status)) {
    throw misuse(
        error_text("There is no file {}.\nGive the path of your solution, or none to grade the file in the "
                   "exercise's folder.",
                   name));
  }
  if (fs::is_directory(status)) {
    throw misuse(error_text("{} is a directory.\nGive the path of the solution in it.", name));
  }
  if (!fs::is_regular_file(status))
    throw misuse(error_text("{} is not a regular file.\nGive a source file.", name));
  if (!endings.contains(file.extension().string())) {
    throw misuse(
        is_header ? error_text("{} is not a C++ header.\nGive one whose name ends in .hpp.", name)
                  : error_text("{} is not a C++ source file.\nGive one whose name ends in .cpp, .cc or .cxx.",
                               name));
  }
  if (access(name.c_str(), R_OK) != 0) {
    throw misuse(error_text("{} cannot be read.\nTry: chmod u+r {}", name, name));
  }
  const std::uintmax_t size = fs::file_size(file, failed);
  if (size == 0) {
    throw misuse(error_text("{} is empty.\nStart from the file in the exercise's folder.", name));
  }
  if (size > max_bytes) {
    throw misuse(error_text("{} has {} KiB; a solution has at most {} KiB.\nIs it the right file?", name,
                            size >> 10U, max_bytes >> 10U));
  }
}

}  // namespace corokit::moulinette
