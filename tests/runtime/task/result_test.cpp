// Result<void, E> has the value() that tl::expected<void, E> lacks, and is otherwise the same.
#include <corokit/result.hpp>
#include <corokit/runtime.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace corokit {
namespace {

using Nothing = Result<void, std::string>;

Nothing check(bool right) {
  if (!right) return Err<std::string>("wrong");
  return {};
}

TEST(VoidResult, ValueThrowsTheErrorIfThereIsOne) {
  EXPECT_NO_THROW(check(true).value());
  const Nothing wrong = check(false);
  try {
    wrong.value();
    FAIL() << "value() did not throw";
  } catch (const tl::bad_expected_access<std::string>& error) {
    EXPECT_EQ(error.error(), "wrong");
  }
}

TEST(VoidResult, ValueMovesAnErrorThatCannotBeCopied) {
  Result<void, std::unique_ptr<int>> wrong = Err<std::unique_ptr<int>>(std::make_unique<int>(7));
  try {
    std::move(wrong).value();
    FAIL() << "value() did not throw";
  } catch (const tl::bad_expected_access<std::unique_ptr<int>>& error) {
    EXPECT_EQ(*error.error(), 7);
  }
}

TEST(VoidResult, IsTheValueOfAHandleOfATaskWithoutValue) {
  auto fail = []() -> Task<> {
    throw std::runtime_error("failed");
    co_return;
  };
  auto body = [fail]() -> Task<std::string> {
    auto handle = spawn(fail());
    const auto ended = co_await handle;
    try {
      ended.value();
    } catch (const tl::bad_expected_access<JoinError>& error) {
      co_return error.error().message();
    }
    co_return "no error";
  };
  EXPECT_EQ(block_on(body()), "failed");
}

TEST(VoidResult, IsChainedAndAssignedAsAnyOtherResult) {
  EXPECT_EQ(check(true).and_then([] { return check(false); }).error(), "wrong");
  EXPECT_EQ(check(true).map([] { return 7; }).value(), 7);
  Nothing result = check(true);
  result = Err<std::string>("assigned");
  EXPECT_EQ(result.error(), "assigned");
  result = check(true);
  EXPECT_TRUE(result);
  tl::expected<void, std::string> plain = std::move(result);
  EXPECT_TRUE(Nothing(plain).has_value());
}

TEST(VoidResult, CostsNothing) {
  EXPECT_EQ(sizeof(Nothing), sizeof(tl::expected<void, std::string>));
  EXPECT_EQ(std::is_nothrow_move_constructible_v<Nothing>,
            (std::is_nothrow_move_constructible_v<tl::expected<void, std::string>>));
  EXPECT_TRUE((std::is_same_v<Result<int, std::string>, tl::expected<int, std::string>>));
}

}  // namespace
}  // namespace corokit
