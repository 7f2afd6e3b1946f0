#pragma once
#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace corokit::explorer {

/// Compares a text with a file of golden/. If it differs on purpose: COROKIT_RENEW_GOLDEN=1 ctest -R drawing. writes the
/// files anew; then read what `git diff` shows of them.
inline testing::AssertionResult is_golden(const std::string& file, const std::string& text) {
  const std::string path = GOLDEN "/" + file;
  if (std::getenv("COROKIT_RENEW_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return testing::AssertionSuccess();
  }
  std::ifstream in(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(in), {}};
  if (in.is_open() && golden == text) return testing::AssertionSuccess();
  return testing::AssertionFailure() << path << (in.is_open() ? " is different:\n" : " does not exist:\n")
                                     << text;
}

}  // namespace corokit::explorer
