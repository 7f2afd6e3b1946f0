#include "running/sanitizer.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

constexpr const char* kUseAfterFree =
    "=================================================================\n"
    "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x1 bp 0x2 sp 0x3\n"
    "READ of size 4 at 0x602000000010 thread T0\n"
    "    #0 0x1 in std::vector<int>::operator[](unsigned long) /usr/include/c++/12/bits/stl_vector.h:1123\n"
    "    #1 0x2 in corokit::State::next() /tmp/moulinette.x/compiled/solution.cpp:131\n"
    "    #2 0x3 in corokit::run() /tmp/moulinette.x/compiled/solution.cpp:140\n"
    "\n"
    "0x602000000010 is located 0 bytes inside of 4-byte region [0x602000000010,0x602000000014)\n"
    "freed by thread T0 here:\n"
    "    #0 0x4 in operator delete(void*) (/usr/lib/libasan.so.8+0xb77cf)\n"
    "    #1 0x5 in corokit::State::drop() /tmp/moulinette.x/compiled/solution.cpp:130:7\n"
    "\n"
    "SUMMARY: AddressSanitizer: heap-use-after-free /usr/include/c++/12/bits/stl_vector.h:1123 in "
    "operator[]\n"
    "Shadow bytes around the buggy address:\n";

constexpr const char* kRace =
    "WARNING: ThreadSanitizer: data race (pid=1)\n"
    "  Write of size 4 at 0x55d000 by thread T4:\n"
    "    #0 corokit::perform(int) /tmp/moulinette.x/compiled/solution.cpp:51 (solution+0x1)\n"
    "\n"
    "  Previous write of size 4 at 0x55d000 by thread T2 (mutexes: write M0):\n"
    "    #0 corokit::perform(int) /tmp/moulinette.x/compiled/solution.cpp:53 (solution+0x1)\n"
    "\n"
    "  Location is global 'counter' of size 4 at 0x55d000 (solution+0x2)\n"
    "\n"
    "  Thread T4 (tid=4, running) created by main thread at:\n"
    "    #0 pthread_create ../../../../src/libsanitizer/tsan/tsan_interceptors_posix.cpp:1001 "
    "(libtsan.so.2+0x1)\n"
    "    #1 corokit::start() /tmp/moulinette.x/compiled/solution.cpp:9 (solution+0x1)\n"
    "\n"
    "SUMMARY: ThreadSanitizer: data race /tmp/moulinette.x/compiled/solution.cpp:51 in "
    "corokit::perform(int)\n";

TEST(SanitizerFinding, NamesTheLinesOfTheSolution) {
  EXPECT_EQ(sanitizer_finding(kUseAfterFree),
            "AddressSanitizer: heap-use-after-free: READ of size 4 in line 131; freed in line 130");
  EXPECT_EQ(sanitizer_finding(kRace),
            "ThreadSanitizer: data race: Write of size 4 in line 51; Previous write of size 4 in line 53");
  EXPECT_EQ(sanitizer_finding("/tmp/x/solution.cpp:12:5: runtime error: signed integer overflow: 1 + 2\n"),
            "UndefinedBehaviorSanitizer: signed integer overflow: 1 + 2 in line 12");
}

TEST(SanitizerFinding, IsWhatTheSanitizerSaysWhereTheSolutionIsInNoStack) {
  EXPECT_EQ(sanitizer_finding("==1==ERROR: AddressSanitizer: SEGV on unknown address 0x1\n    #0 0x1 in f "
                              "/usr/x.h:7\n\nSUMMARY: AddressSanitizer: SEGV /usr/x.h:7 in f\n"),
            "AddressSanitizer: SEGV /usr/x.h:7 in f");
  EXPECT_EQ(sanitizer_finding("x.cpp:3:5: runtime error: signed integer overflow\n"),
            "UndefinedBehaviorSanitizer: signed integer overflow");
}

TEST(SanitizerFinding, IsEmptyWhereNoneFoundAnything) {
  EXPECT_EQ(sanitizer_finding(""), "");
  EXPECT_EQ(sanitizer_finding("SUMMARY: all is well\n#0 /solution.cpp:7\n"), "");
}

}  // namespace
}  // namespace corokit::moulinette
