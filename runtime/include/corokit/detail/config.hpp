#pragma once
// The compiler and the system that corokit needs. Every header that could fail without them includes this one first.

// Tools that only read the code may be older than the compilers below.
#if !defined(COROKIT_ANY_COMPILER) && !defined(__clang_analyzer__)
#if defined(__clang__)
#if __clang_major__ < 16
#error "corokit needs clang 16 or newer, or g++ 12 or newer (define COROKIT_ANY_COMPILER to try another one)"
#endif
#elif !defined(__GNUC__) || __GNUC__ < 12
#error "corokit needs g++ 12 or newer, or clang 16 or newer (define COROKIT_ANY_COMPILER to try another one)"
#endif
#endif

#if __cplusplus < 202002L
#error "corokit needs C++20: compile with -std=c++20"
#endif

#ifndef __cpp_impl_coroutine
#error "corokit needs coroutines: compile without -fno-coroutines"
#endif

#ifndef __linux__
#error "corokit needs Linux: its threads sleep on futexes"
#endif
