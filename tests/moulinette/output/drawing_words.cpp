#include "output/drawing_words.hpp"

namespace corokit::moulinette {

std::function<std::string(const std::string&)> drawing_words(Language language) {
  if (language == Language::english) return {};
  return [](const std::string& english) { return said_in_french(kDrawingWords, english); };
}

}  // namespace corokit::moulinette
