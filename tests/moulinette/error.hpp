#pragma once
#include <stdexcept>
#include <string>

namespace corokit::moulinette {

/// Something the user must know and can act upon; what() is the whole message. Ends the program with `code`.
class Error : public std::runtime_error {
 public:
  static constexpr int kNotAsExpected = 1;
  static constexpr int kMisuse = 2;

  Error(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const noexcept { return code_; }

 private:
  int code_;
};

inline Error misuse(const std::string& message) {
  return {Error::kMisuse, message};
}
inline Error broken(const std::string& message) {
  return {Error::kNotAsExpected, message};
}

}  // namespace corokit::moulinette
