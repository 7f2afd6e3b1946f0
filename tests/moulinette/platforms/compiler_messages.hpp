#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// One message of a compiler or linker.
struct CompilerMessage {
  enum class Level { note, warning, error };

  Level level = Level::error;
  std::string file;  // empty: it names none
  std::size_t line = 0;
  std::size_t column = 0;  // 0: it names none
  std::string text;
  std::string option;                  // "-Wunused-result"; empty if no option controls it
  std::vector<CompilerMessage> notes;  // that explain it
};

/// Reads what g++ or clang++ print, and the linker's "undefined reference". Lines that quote the source are left out.
std::vector<CompilerMessage> compiler_messages(std::string_view output);

}  // namespace corokit::moulinette
