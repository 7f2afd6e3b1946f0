#include "check.hpp"

namespace corokit::specified {

std::string show_duration(std::chrono::nanoseconds duration) {
  using namespace std::chrono_literals;
  if (duration >= 10s && duration % 1s == 0s) return std::to_string(duration / 1s) + " s";
  const std::string sign = duration < 0ns ? "-" : "";
  const std::chrono::nanoseconds size = std::chrono::abs(duration);
  std::string text =
      std::to_string((size % 1ms).count() + 1'000'000);  // six digits behind the point, after a 1
  text[0] = '.';
  text.erase(text.find_last_not_of('0') + 1);
  if (text == ".") text.clear();
  return sign + std::to_string(size / 1ms) + text + " ms";
}

std::string describe(const std::exception_ptr& exception) {
  if (!exception) return "something that no C++ code threw";
  try {
    std::rethrow_exception(exception);
  } catch (const tl::bad_expected_access<JoinError>& error) {
    return std::string(error.what()) + ": " + describe(error.error());
  } catch (const tl::bad_expected_access<std::string>& error) {
    return std::string(error.what()) + ": " + error.error();
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

std::string describe(const JoinError& error) {
  return error.exception() ? "a task threw: " + describe(error.exception()) : error.message();
}

}  // namespace corokit::specified
