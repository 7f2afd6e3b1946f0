#pragma once
#include <cstddef>
#include <vector>

#include "history.hpp"
#include "player.hpp"

namespace corokit::generated {

/// One operation of an alphabet.
///
/// `Subject`: the primitive and what each thread holds of it. It is made anew for each schedule.
/// `Model`: the sequential model, a value, whose calls take effect one after another. It has, besides what the operations
///   call,
///     Answer end(std::size_t thread)   goes on with the wait of a thread: its answer, if what it waits for has come, or none
///     void drop(std::size_t thread)    drops the wait of a thread, whether what it waits for has come or not
template <class Subject, class Model>
struct Operation {
  const char* name = nullptr;
  /// Calls the operation: `player.await(…)`, or something that answers at once.
  int (*play)(Subject&, Player&) = nullptr;
  /// Says what it answers; none if it waits.
  Answer (*model)(Model&, std::size_t thread) = nullptr;
  // The other members may be left out.
  /// How often it may wait in a row: it is also played in a form that is dropped in each of these waits.
  int waits = 0;
  /// The operations with the same number belong to one thread, as those of the only receiver; 0: to any.
  int owner = 0;
  /// Says that it was begun, where it has one more moment before that of `model`.
  Answer (*begun)(Model&, std::size_t thread) = nullptr;
};

/// A primitive to play generated programs of.
template <class Subject, class Model>
struct Primitive {
  const char* name;
  std::vector<Operation<Subject, Model>> alphabet;
  /// What each thread does when its steps are over, such as giving back one thing that it holds: it answers how many are
  /// left, and is called until none is. It may be missing.
  Operation<Subject, Model> at_end{};
  /// What is asked when all is over, such as how many permits are free.
  Operation<Subject, Model> observed{};

  /// Returns: the operation of a number, which are those of the alphabet and then the other two.
  const Operation<Subject, Model>& operation(std::size_t number) const {
    if (number < alphabet.size()) return alphabet[number];
    return number == at_end_number() ? at_end : observed;
  }
  std::size_t at_end_number() const { return alphabet.size(); }
  std::size_t observed_number() const { return alphabet.size() + 1; }
};

}  // namespace corokit::generated
