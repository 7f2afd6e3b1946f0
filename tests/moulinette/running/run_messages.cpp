#include "running/run_messages.hpp"

#include <algorithm>

namespace corokit::moulinette {

std::string run_message_in_french(const std::string& english) {
  const std::size_t end = std::min(english.find('\n'), english.size());
  return said_in_french(kRunMessages, english.substr(0, end)) + english.substr(end);
}

}  // namespace corokit::moulinette
