#pragma once
#include <corokit/result.hpp>

#include <system_error>

namespace corokit::io {

/// What an operation on a descriptor gives: a value, or the error of the system call, or one of Errc.
template <class T>
using IoResult = Result<T, std::error_code>;

/// Errors that no system call reports.
enum class Errc {
  unexpected_end = 1,  ///< the stream ended before all that was asked for had come
  too_long,            ///< more came than the limit allows, before what ends it
  runtime_ended,       ///< the runtime that watches the descriptor has ended
};

/// Returns: the category of Errc.
const std::error_category& error_category() noexcept;

/// Returns: the error as the standard library has it.
inline std::error_code make_error_code(Errc error) noexcept {
  return {static_cast<int>(error), error_category()};
}

}  // namespace corokit::io

template <>
struct std::is_error_code_enum<corokit::io::Errc> : std::true_type {};
