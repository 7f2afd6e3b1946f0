// Does: hides what the tests call behind a name that comes first.
// Expect: refused
// Says: namespace {
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
namespace { void reached(...); }
