// Does: has a function in assembly, outside of any function, that calls the system and so ends the process.
// Expect: refused
// Says: asm
// In: mutants/03_block_on/block_on.hpp
// In place of: namespace mini {
// clang-format off
asm("corokit_ends: mov $231, %eax; xor %edi, %edi; syscall");
namespace mini {
