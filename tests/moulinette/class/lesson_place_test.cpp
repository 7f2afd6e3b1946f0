#include "class/lesson_place.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(LessonPlace, IsWhereTheSameIsSpokenOf) {
  const std::string subject = read_text(ROOT "/exercises/async_orchestrator/subject.md");
  const LessonPlace zero = find_in_lesson(subject,
                                          "a timeout of zero or less with tasks gives the error timeout at "
                                          "once. taking zero to mean that there is no timeout");
  EXPECT_EQ(zero.section, "What you write");
  EXPECT_TRUE(zero.text.starts_with("a timeout of zero (or less), some tasks")) << zero.text;
  const LessonPlace permit = find_in_lesson(subject,
                                            "letting each spawned task take its own permit: the task that "
                                            "runs first gets it, not the task that was submitted first");
  EXPECT_EQ(permit.section, "Traps");
  EXPECT_TRUE(permit.text.starts_with("If each spawned task takes its own permit")) << permit.text;
}

TEST(LessonPlace, IsEmptyWhereNothingFits) {
  EXPECT_EQ(find_in_lesson("# A\nOne paragraph about cats.\n", "semaphores and permits").text, "");
  EXPECT_EQ(find_in_lesson("", "semaphores and permits").text, "");
}

}  // namespace
}  // namespace corokit::moulinette
