#pragma once
#include "process/interrupt.hpp"

#include <streambuf>

namespace corokit::moulinette {

/// Standard input, which ends at an interrupt. It reads no more than is asked for, so others can read what comes after it.
class InterruptibleInput : public std::streambuf {
 public:
  explicit InterruptibleInput(const Interrupt& interrupt) noexcept : interrupt_(interrupt) {}

 protected:
  int_type underflow() override;

 private:
  const Interrupt& interrupt_;
  char next_ = '\0';
};

}  // namespace corokit::moulinette
