#pragma once
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: the SHA-256 of a text, in hexadecimal. Nobody can write a second file that has the same one, so what is known
///   of a file by it is never another student's.
std::string digest(std::string_view text);

/// The digest of several texts. Where one ends matters.
class Digest {
 public:
  Digest& add(std::string_view text);
  std::string text() const { return digest(digests_); }

 private:
  std::string digests_;
};

}  // namespace corokit::moulinette
