// Does: ignores the signals that end its time, and loops.
// Expect: refused
// Says: signal
// Without the norm: hung passed
// Says then: killed in schedule 1
#include "toy.hpp"

#include <csignal>
#include <initializer_list>

int add(int a, int b) {
  for (const int signal : {SIGPROF, SIGXCPU, SIGALRM, SIGVTALRM, SIGTERM}) std::signal(signal, SIG_IGN);
  for (volatile int i = 0;; i = a + b) {
  }
}

int count_to(int n) {
  return n;
}
