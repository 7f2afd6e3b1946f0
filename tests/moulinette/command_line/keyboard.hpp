#pragma once
#include "process/interrupt.hpp"

namespace corokit::moulinette {

/// Gives each key of the terminal at once, without showing it, while it lives. The terminal is as it was before: at the
/// end, from the moment of an interrupt, and while the program is stopped (Ctrl-Z). At most one object lives at a time.
class Keyboard {
 public:
  static constexpr char kEnd = '\0';

  explicit Keyboard(Interrupt& interrupt);
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;
  ~Keyboard();

  /// Returns: the next key; kEnd if none comes for so many milliseconds (-1: as long as it takes), after the last one, and
  ///   at the interrupt.
  char read(int milliseconds = -1) const;

  /// Returns: a descriptor that becomes readable when the program goes on after it was stopped: what it drew is gone.
  static int resumed() noexcept;
  /// Makes it unreadable again.
  static void clear_resumed() noexcept;

 private:
  const Interrupt& interrupt_;
  Interrupt::Scope restores_;
};

}  // namespace corokit::moulinette
