#pragma once
#include <stdexcept>
#include <string>

namespace corokit::moulinette {

/// An error that the user can act upon. The program prints what() and ends with the status `code`.
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
