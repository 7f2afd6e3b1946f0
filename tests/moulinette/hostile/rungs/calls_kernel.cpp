// Does: declares the function that calls the kernel, and ends the process.
// Expect: refused
// Says: syscall
// In: mutants/03_block_on/block_on.hpp
// In place of: while (!token_) woken_.wait(lock);
// clang-format off
extern long syscall(long, ...); syscall(231, 0);
