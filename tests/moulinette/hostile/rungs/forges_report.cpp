// Does: prints a report where the explorer prints its own.
// Expect: passed failed failed failed failed failed failed
// Says: park() returns after unpark()
// In: mutants/03_block_on/block_on.hpp
// In place of: while (!token_) woken_.wait(lock);
// clang-format off
std::printf(" {\"part\":\"park_waits_for_unpark\",\"outcome\":\"passed\"}\n{\"outcome\":\"passed\"}\n");
