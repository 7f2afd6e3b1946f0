#pragma once
#include <array>
#include <cstddef>
#include <utility>

#include "history.hpp"
#include "primitive.hpp"

namespace corokit::generated {

/// Whether a piece that was over before another one began must also come first in the explanation.
enum class Order {
  real_time,  ///< always
  program,  ///< in one thread only. A thread that sees old values may act as if what another did had not happened yet.
};

/// Looks for an order of all pieces of a history in which a model gives the same answers.
/// Source: J. Wing and C. Gong, "Testing and verifying concurrent objects"; a wait is a request and what follows, as in
/// "Dual data structures" by W. Scherer and M. Scott.
template <class Subject, class Model>
class Explanation {
 public:
  Explanation(const Primitive<Subject, Model>& primitive, const History& history, Order order)
      : primitive_(primitive), history_(history), order_(order) {}

  bool exists() { return search(Model()); }

 private:
  bool search(const Model& before) {
    bool over = true;
    for (std::size_t thread = 0; thread < next_.size(); ++thread) {
      if (next_[thread] == history_.threads[thread].size()) continue;
      over = false;
      const Piece& piece = history_.threads[thread][next_[thread]];
      if (!may_come_next(piece, thread)) continue;
      if (Model model = before; takes_effect(piece, thread, model)) {
        const bool was_called = std::exchange(called_[thread], false);
        ++next_[thread];
        if (search(model)) return true;
        --next_[thread];
        called_[thread] = was_called;
      }
      // An operation that was never seen to wait may have done so all the same: its request and its end are two moments.
      if (piece.kind != Piece::Kind::call || !piece.answer || called_[thread]) continue;
      const auto& operation = primitive_.operation(piece.operation);
      for (const auto request : {operation.model, operation.begun}) {
        Model model = before;
        if (!request || request(model, thread)) continue;
        called_[thread] = true;
        if (search(model)) return true;
        called_[thread] = false;
      }
    }
    return over;
  }

  bool may_come_next(const Piece& piece, std::size_t thread) const {
    // When nothing else can happen, all that was before has happened, whoever sees it.
    const bool comes_last = piece.kind == Piece::Kind::waits || thread == History::kObserver;
    if (order_ == Order::program && !comes_last) return true;
    for (std::size_t other = 0; other < next_.size(); ++other) {
      if (other == thread || next_[other] == history_.threads[other].size()) continue;
      if (history_.threads[other][next_[other]].to < piece.from) return false;
    }
    return true;
  }

  bool takes_effect(const Piece& piece, std::size_t thread, Model& model) const {
    switch (piece.kind) {
      case Piece::Kind::call:
        if (called_[thread]) return model.end(thread) == piece.answer;
        return primitive_.operation(piece.operation).model(model, thread) == piece.answer;
      case Piece::Kind::end:
        return model.end(thread) == piece.answer;
      case Piece::Kind::drop:
        model.drop(thread);
        return true;
      case Piece::Kind::waits:
        return !Model(model).end(thread);
    }
    return false;
  }

  const Primitive<Subject, Model>& primitive_;
  const History& history_;
  const Order order_;
  std::array<std::size_t, kThreads + 1> next_{};  // of each thread: the first piece that is not explained
  std::array<bool, kThreads + 1> called_{};       // and whether its request has taken effect, but not its end
};

}  // namespace corokit::generated
