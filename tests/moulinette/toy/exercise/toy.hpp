#pragma once
// The exercise of the moulinette's own tests: two plain functions, so that a wrong implementation can be as
// wicked as it likes in a few lines.

/// The sum.
int add(int a, int b);
/// How many numbers from 1 to n there are: n.
int count_to(int n);
