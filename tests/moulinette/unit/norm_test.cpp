#include "norm.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kListing =
    "                 U _GLOBAL_OFFSET_TABLE_\n"
    "                 U pthread_mutex_lock\n"
    "                 w pthread_mutex_unlock\n"
    "                 U _ZNSt6thread4joinEv\n"
    "                 U _ZN7corokit5sleepENSt6chrono8durationIlSt5ratioILl1ELl1000000000EEEE\n";

TEST(Norm, FindsAPlainSymbol) {
  const auto findings = find_forbidden(kListing, {{"pthread_mutex_lock", "blocks"}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, "pthread_mutex_lock");
  EXPECT_EQ(findings[0].why, "blocks");
}

TEST(Norm, FindsADemangledSymbolByPattern) {
  const auto findings = find_forbidden(kListing, {{"std::thread::*", "threads"}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, "std::thread::join()");
}

TEST(Norm, APatternIsFoundOnce) {
  EXPECT_EQ(find_forbidden(kListing, {{"pthread_*", "blocks"}}).size(), 1U);
}

TEST(Norm, FindsAWeakReference) {
  EXPECT_EQ(find_forbidden(kListing, {{"pthread_mutex_unlock", ""}}).size(), 1U);
}

TEST(Norm, ANameIsNotFoundInsideAnother) {
  EXPECT_TRUE(find_forbidden(kListing, {{"sleep", ""}, {"pthread_mutex", ""}, {"std::thread", ""}}).empty());
}

}  // namespace
}  // namespace corokit::moulinette
