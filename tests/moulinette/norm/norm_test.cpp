#include "norm/norm.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kListing =
    "\n"
    "Symbol table '.symtab' contains 8 entries:\n"
    "   Num:    Value          Size Type    Bind   Vis      Ndx Name\n"
    "     0: 0000000000000000     0 NOTYPE  LOCAL  DEFAULT  UND \n"
    "     1: 0000000000000000     0 FILE    LOCAL  DEFAULT  ABS solution.cpp\n"
    "     2: 0000000000000010    40 FUNC    GLOBAL DEFAULT   12 pthread_create\n"
    "     3: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND pthread_mutex_lock\n"
    "     4: 0000000000000000     0 NOTYPE  WEAK   DEFAULT  UND pthread_mutex_unlock\n"
    "     5: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND _ZNSt6thread4joinEv\n"
    "     6: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND dlsym@GLIBC_2.34\n"
    "     7: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND "
    "_ZN7corokit5sleepENSt6chrono8durationIlSt5ratioILl1ELl1000000000EEEE\n";

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

TEST(Norm, AVersionDoesNotHideAName) {
  EXPECT_EQ(find_forbidden(kListing, {{"dlsym", ""}}).size(), 1U);
}

TEST(Norm, WhatASolutionDefinesItselfIsNotACall) {
  EXPECT_TRUE(find_forbidden(kListing, {{"pthread_create", ""}}).empty());
}

TEST(Norm, ANameIsNotFoundInsideAnother) {
  EXPECT_TRUE(find_forbidden(kListing, {{"sleep", ""}, {"pthread_mutex", ""}, {"std::thread", ""}}).empty());
}

}  // namespace
}  // namespace corokit::moulinette
