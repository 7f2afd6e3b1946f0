#pragma once
// The exercise for the tests of the moulinette: two plain functions, so that a malicious implementation fits in a few
// lines.

/// Returns: the sum of `a` and `b`.
int add(int a, int b);
/// Returns: how many numbers there are from 1 to `n`, which is `n`.
int count_to(int n);
