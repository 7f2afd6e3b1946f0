// Guards of a part of the value of a mutex.
#include <corokit/join_handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Probe;

struct Name {
  std::string first;
  std::string last;
};
struct User {
  int age = 0;
  Name name;
};
using Users = std::map<std::string, User>;

Name& name_of(User& user) {
  return user.name;
}

TEST(MutexMap, AGuardOfAPartHoldsTheWholeMutex) {
  Mutex<User> mutex(User{30, {"Thomas", "Anderson"}});
  {
    MutexGuard<User> guard = *mutex.try_lock();
    MappedMutexGuard<Name> name = std::move(guard).map(name_of);
    EXPECT_FALSE(mutex.try_lock());
    name->first = "Neo";
    (*name).last.clear();
    const MappedMutexGuard<std::string> first =
        std::move(name).map([](Name & of) -> auto& { return of.first; });
    EXPECT_FALSE(mutex.try_lock());
    EXPECT_EQ(*first, "Neo");
  }
  EXPECT_EQ((*mutex.try_lock())->name.last, "");
}

TEST(MutexMap, APartMayBeConst) {
  Mutex<User> mutex(User{30, {}});
  auto age = std::move(*mutex.try_lock()).map([](const User& user) -> const int& { return user.age; });
  static_assert(std::is_same_v<decltype(age), MappedMutexGuard<const int>>);
  EXPECT_EQ(*age, 30);
}

TEST(MutexMap, UnlockingAPartWakesTheNextLocker) {
  Mutex<User> mutex;
  std::optional name(std::move(*mutex.try_lock()).map(name_of));
  Probe next(mutex.lock());
  EXPECT_TRUE(next.is_pending());
  name.reset();
  EXPECT_EQ(next.wake_count(), 1u);
  EXPECT_TRUE(next.poll());
}

TEST(MutexMap, APartThatIsMissingGivesTheGuardBack) {
  Mutex<Users> mutex;
  const auto find = [](const std::string& key) {
    return [key](Users& users) {
      const auto found = users.find(key);
      return found == users.end() ? nullptr : &found->second;
    };
  };
  auto missing = std::move(*mutex.try_lock()).try_map(find("trinity"));
  ASSERT_FALSE(missing);
  EXPECT_FALSE(mutex.try_lock());
  MutexGuard<Users> users = std::move(missing).error();
  users->try_emplace("trinity").first->second.age = 33;
  auto found = std::move(users).try_map(find("trinity"));
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->age, 33);
  EXPECT_FALSE(mutex.try_lock());
  // A part of the part, and none.
  auto none = std::move(*found).try_map([](User& user) { return user.age < 0 ? &user.age : nullptr; });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error()->age, 33);
  auto age = std::move(none).error().try_map([](User& user) { return &user.age; });
  ASSERT_TRUE(age);
  EXPECT_EQ(**age, 33);
  EXPECT_FALSE(mutex.try_lock());
}

TEST(MutexMap, AGuardKeepsTheMutexIfTheFunctionThrows) {
  Mutex<User> mutex;
  MutexGuard<User> guard = *mutex.try_lock();
  const auto fail = [](User& user) -> Name& {
    if (user.age == 0) throw std::runtime_error("no name");
    return user.name;
  };
  EXPECT_THROW(static_cast<void>(std::move(guard).map(fail)), std::runtime_error);
  EXPECT_FALSE(mutex.try_lock());
  guard->age = 1;  // NOLINT(bugprone-use-after-move): a map() that throws leaves it as it was
  auto name = std::move(guard).map(fail);
  const auto fail_again = [](Name&) -> std::string* { throw std::runtime_error("no part"); };
  EXPECT_THROW(static_cast<void>(std::move(name).try_map(fail_again)), std::runtime_error);
  EXPECT_FALSE(mutex.try_lock());
}

TEST(MutexMap, AnAssignedGuardUnlocksWhatItReplaces) {
  Mutex<User> left;
  Mutex<User> right;
  auto name = std::move(*left.try_lock()).map(name_of);
  name = std::move(*right.try_lock()).map(name_of);
  EXPECT_TRUE(left.try_lock());
  EXPECT_FALSE(right.try_lock());
  std::vector<MappedMutexGuard<Name>> kept;
  kept.push_back(std::move(name));
  EXPECT_FALSE(right.try_lock());
  kept.clear();
  EXPECT_TRUE(right.try_lock());
}

TEST(MutexMap, AnOwnedGuardOfAPartKeepsTheMutexAlive) {
  auto mutex = std::make_shared<Mutex<User>>(User{30, {"Neo", ""}});
  const std::weak_ptr<Mutex<User>> watched = mutex;
  {
    OwnedMutexGuard<User> guard = *Mutex<User>::try_lock_owned(std::move(mutex));
    OwnedMappedMutexGuard<Name> name = std::move(guard).map(name_of);
    auto refused = std::move(name).try_map([](Name&) -> std::string* { return nullptr; });
    ASSERT_FALSE(refused);
    const auto first = std::move(refused).error().map([](Name & of) -> auto& { return of.first; });
    EXPECT_EQ(*first, "Neo");
    EXPECT_FALSE(watched.lock()->try_lock());
  }
  EXPECT_TRUE(watched.expired());
}

TEST(MutexMap, ATaskThatIsDroppedWithAGuardOfAPartUnlocks) {
  Mutex<User> mutex;
  auto hold = [](Mutex<User>& shared) -> Task<void> {
    auto guard = co_await shared.lock();
    const auto name = std::move(guard).map(name_of);
    co_await sleep(1h);
  };
  auto body = [&hold](Mutex<User>& shared) -> Task<void> {
    const auto held = co_await timeout(1ms, hold(shared));
    EXPECT_FALSE(held);
    EXPECT_TRUE(shared.try_lock());
  };
  EXPECT_TRUE(sim::run({}, body(mutex)));
}

class MutexMapOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(MutexMapOn);

struct Shared {
  Mutex<User> mutex;
  std::atomic<int> holders{0};
};

Task<void> count_up(Shared& shared, int times) {
  for (int i = 0; i < times; ++i) {
    auto guard = co_await shared.mutex.lock();
    const auto age = std::move(guard).map([](User& user) -> int& { return user.age; });
    EXPECT_EQ(++shared.holders, 1);
    const int seen = *age;
    if (i % 4 == 0) co_await yield_now();
    *age = seen + 1;
    --shared.holders;
  }
}

TEST_P(MutexMapOn, OneTaskAtATimeHoldsAPart) {
  Runtime runtime = make();
  Shared shared;
  const int times = static_cast<int>(test::scaled(500));
  auto body = [](Shared& counted, int each) -> Task<void> {
    JoinSet<void> all;
    for (int i = 0; i < 8; ++i) all.spawn(count_up(counted, each));
    while (co_await all.join_next()) {
    }
  };
  runtime.block_on(body(shared, times));
  EXPECT_EQ(shared.mutex.get_mut().age, 8 * times);
}

}  // namespace
}  // namespace corokit
