#include "norm/norm.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

const std::vector<Symbol> kSymbols{
    {.name = "pthread_create", .is_defined = true},
    {.name = "pthread_mutex_lock"},
    {.name = "pthread_mutex_unlock", .is_weak = true},
    {.name = "_ZNSt6thread4joinEv"},
    {.name = "dlsym@GLIBC_2.34"},
    {.name = "_ZN7corokit5sleepENSt6chrono8durationIlSt5ratioILl1ELl1000000000EEEE"},
};

TEST(Norm, FindsAPlainSymbol) {
  const auto findings = find_forbidden(kSymbols, {{"pthread_mutex_lock", "blocks"}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, "pthread_mutex_lock");
  EXPECT_EQ(findings[0].why, "blocks");
}

TEST(Norm, FindsADemangledSymbolByPattern) {
  const auto findings = find_forbidden(kSymbols, {{"std::thread::*", "threads"}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, "std::thread::join()");
}

TEST(Norm, APatternIsFoundOnce) {
  EXPECT_EQ(find_forbidden(kSymbols, {{"pthread_*", "blocks"}}).size(), 1U);
}

TEST(Norm, FindsAWeakReference) {
  EXPECT_EQ(find_forbidden(kSymbols, {{"pthread_mutex_unlock", ""}}).size(), 1U);
}

TEST(Norm, AVersionDoesNotHideAName) {
  EXPECT_EQ(find_forbidden(kSymbols, {{"dlsym", ""}}).size(), 1U);
}

TEST(Norm, WhatASolutionDefinesItselfIsNotACall) {
  EXPECT_TRUE(find_forbidden(kSymbols, {{"pthread_create", ""}}).empty());
}

TEST(Norm, ANameIsNotFoundInsideAnother) {
  EXPECT_TRUE(find_forbidden(kSymbols, {{"sleep", ""}, {"pthread_mutex", ""}, {"std::thread", ""}}).empty());
}

}  // namespace
}  // namespace corokit::moulinette
