#include "class/hand_in_notes.hpp"

namespace corokit::moulinette {

std::string note_in(Language language, const std::string& english) {
  return language == Language::french ? said_in_french(kNotes, english) : english;
}

}  // namespace corokit::moulinette
