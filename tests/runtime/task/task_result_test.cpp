// What a task may return: all that a function with the same result type may return.
#include <corokit/runtime.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace corokit::test {
namespace {

struct Base {
  virtual ~Base() = default;
};
struct Derived : Base {};

struct Point {
  int x;
  int y;
};

/// Has two constructors for a number. The conversion of a `return` takes the one that is not explicit.
struct Chosen {
  explicit Chosen(int) : way("explicit") {}
  Chosen(long) : way("implicit") {}
  std::string way;
};

/// Is made from a number, where the result is stored: it is copied and moved at most as a `return` would.
struct Tracked {
  Tracked(int) {}
  Tracked(const Tracked& other) : moves(other.moves), copies(other.copies + 1) {}
  Tracked(Tracked&& other) noexcept : moves(other.moves + 1), copies(other.copies) {}
  int moves = 0;
  int copies = 0;
};

template <class T, class F>
T result_of(F make) {
  return block_on(make());
}

TEST(TaskResult, BracesMakeIt) {
  const auto numbers = result_of<std::vector<int>>([]() -> Task<std::vector<int>> { co_return {1, 2, 3}; });
  EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(result_of<Point>([]() -> Task<Point> { co_return {1, 2}; }).y, 2);
  EXPECT_EQ(result_of<std::string>([]() -> Task<std::string> { co_return {}; }), "");
}

TEST(TaskResult, NulloptAndErrAreConverted) {
  using Text = Result<std::string, int>;
  EXPECT_EQ(result_of<std::optional<int>>([]() -> Task<std::optional<int>> { co_return std::nullopt; }),
            std::nullopt);
  EXPECT_EQ(result_of<Text>([]() -> Task<Text> { co_return Err<int>(7); }).error(), 7);
  EXPECT_EQ(result_of<Text>([]() -> Task<Text> { co_return "text"; }).value(), "text");
}

TEST(TaskResult, ALocalVariableIsMovedImplicitly) {
  const auto owner = result_of<std::unique_ptr<Base>>([]() -> Task<std::unique_ptr<Base>> {
    auto local = std::make_unique<Derived>();
    co_return local;
  });
  EXPECT_NE(owner, nullptr);
}

TEST(TaskResult, AnExplicitConstructorIsNotCalled) {
  EXPECT_EQ(result_of<Chosen>([]() -> Task<Chosen> { co_return 5; }).way, "implicit");
}

TEST(TaskResult, AConvertedValueIsMadeInPlace) {
  // It is moved out of its place once, to the caller of block_on().
  const auto tracked = result_of<Tracked>([]() -> Task<Tracked> { co_return 5; });
  EXPECT_EQ(tracked.moves, 1);
  EXPECT_EQ(tracked.copies, 0);
}

}  // namespace
}  // namespace corokit::test
