#include "crdt/position.h"

#include <algorithm>

#include "base/check.h"

namespace causeway {
namespace {

/// Finds the shortest position in between, in the territory of a neighbour.
class Search {
 public:
  Search(const PositionPath& left, const PositionPath& right, const Dot& dot, Growth growth)
      : left_(left), right_(right), dot_(dot), growth_(growth) {}

  Bytes run() {
    home_ = own_neighbour();
    if (home_ != nullptr) return find();
    const bool falls = growth_ == Growth::falling;
    home_ = falls ? &right_ : &left_;
    if (home_->steps.empty()) home_ = falls ? &left_ : &right_;
    if (home_->steps.empty()) home_ = nullptr;
    Bytes found = find();
    if (found.size() <= comfortable_bytes || home_ == nullptr) return found;
    home_ = nullptr;
    return find();
  }

 private:
  /// The one that the actor issued last; null: neither is its own.
  [[nodiscard]] const PositionPath* own_neighbour() const {
    const bool left = left_.is_of(dot_.actor);
    const bool right = right_.is_of(dot_.actor);
    if (left && right) return left_.issued() >= right_.issued() ? &left_ : &right_;
    if (left) return &left_;
    return right ? &right_ : nullptr;
  }

  /// The actor puts items between its last two: these are about as close to each other as to now, or it did so before.
  [[nodiscard]] bool is_bisecting() const {
    if (!left_.is_of(dot_.actor) || !right_.is_of(dot_.actor)) return false;
    const std::size_t at = home_->issuing_step();
    const PositionPath& other = home_ == &left_ ? right_ : left_;
    if (other.bytes.starts_with(home_->bytes.substr(0, home_->steps[at].count_at)) &&
        other.steps[at].count.run != home_->steps[at].count.run) {
      return true;
    }
    return home_->issued() - other.issued() <= 2 * (dot_.counter - home_->issued());
  }

  Bytes find() {
    best_.clear();
    // All gaps on the paths to both neighbours, and the ones next to them.
    for (std::size_t depth = 0; depth <= left_.steps.size(); ++depth) try_gap(left_, depth);
    for (std::size_t depth = 0; depth <= right_.steps.size(); ++depth) try_gap(right_, depth);
    CW_CHECK(!best_.empty(), "behind the left one, or before the right one");
    return best_;
  }

  /// The gap that the step at this depth of the path stands in; behind its last step: the one towards the other neighbour.
  void try_gap(const PositionPath& path, std::size_t depth) {
    if (!is_at_home(path, depth)) return;
    if (depth < path.steps.size()) {
      trial_.assign(path.bytes.substr(0, path.steps[depth].begin));
    } else if (&path == &right_ && depth > 0) {
      trial_ = path.gap_before();
    } else {
      trial_.assign(path.bytes);
    }
    append_position_actor(trial_, path.known_at(depth), dot_.actor);
    const Growth run = preferred_run(depth);
    if (!try_run(run)) try_run(run == Growth::rising ? Growth::falling : Growth::rising);
  }

  /// Whether what the actor puts into this gap is in the territory of the neighbour that it has to be.
  [[nodiscard]] bool is_at_home(const PositionPath& path, std::size_t depth) const {
    if (home_ == nullptr) return true;
    const std::size_t at = home_->issuing_step();
    const PositionStep& step = home_->steps[at];
    if (depth < at) return false;
    if (depth == at)
      return step.actor == dot_.actor && path.bytes.starts_with(home_->bytes.substr(0, step.begin));
    return path.bytes.starts_with(home_->bytes.substr(0, step.count_at)) &&
           path.steps[at].count.number >= step.count.number;
  }

  /// A run goes on, unless it is the other's turn.
  [[nodiscard]] Growth preferred_run(std::size_t depth) const {
    if (home_ == nullptr || !home_->is_of(dot_.actor)) return growth_;
    const std::size_t at = home_->issuing_step();
    if (depth > at) return growth_of_new();
    const bool rises = (home_->steps[at].count.run == Growth::rising) != is_bisecting();
    return rises ? Growth::rising : Growth::falling;
  }

  /// Of a new waypoint, next to an item of one's own. An item before one's own may be the first of a word that is
  /// typed there; or the actor goes on backwards, as it did just now or did again and again.
  [[nodiscard]] Growth growth_of_new() const {
    constexpr std::uint64_t just_now = 4;
    constexpr std::size_t again_and_again = 8;
    if (home_ == &left_) return Growth::rising;
    const auto& steps = right_.steps;
    std::size_t backwards = 0;
    for (std::size_t at = right_.issuing_step(); at > 0 && !steps[at - 1].count.is_behind; --at) {
      if (steps[at].actor != dot_.actor || steps[at].count.run != Growth::rising) break;
      ++backwards;
    }
    const bool goes_on = backwards > 0 && dot_.counter - right_.issued() <= just_now;
    return goes_on || backwards >= again_and_again ? Growth::falling : growth_;
  }

  bool try_run(Growth run) {
    const std::size_t size = trial_.size();
    append_position_count(trial_, {dot_.counter, run, true});
    const bool fits = left_.bytes < trial_ && (right_.bytes.empty() || trial_ < right_.bytes);
    if (fits && (best_.empty() || trial_.size() < best_.size())) best_ = trial_;
    trial_.resize(size);
    return fits;
  }

  const PositionPath& left_;
  const PositionPath& right_;
  Dot dot_;
  Growth growth_;
  const PositionPath* home_ = nullptr;
  Bytes trial_;
  Bytes best_;
};

/// The further items of an event, behind the first of them, or before it.
void append_further(std::vector<Bytes>& positions, Growth growth, std::size_t number) {
  if (number == 1) return;
  const auto first = read_position(positions.front());
  Bytes waypoint = growth == Growth::rising ? positions.front() : first->gap_before();
  append_same_event(waypoint);
  for (std::uint64_t i = 1; i < number; ++i) {
    append_position_count(positions.emplace_back(waypoint), {i, growth, true});
  }
}

}  // namespace

bool is_position(BytesView bytes) { return !bytes.empty() && read_position(bytes).has_value(); }

Result<std::vector<Bytes>> make_positions(const ListGap& gap, const Dot& dot, Growth growth,
                                          std::size_t number) {
  const auto left = read_position(gap.left);
  const auto right = read_position(gap.right);
  if (!left || !right || (!gap.right.empty() && gap.left >= gap.right)) {
    return fail(ErrorCode::internal, "an item of the list has no valid position");
  }
  std::vector<Bytes> positions;
  positions.reserve(number);
  positions.push_back(Search(*left, *right, dot, growth).run());
  if (positions.front().size() > position_bytes_max) {
    return fail(ErrorCode::too_large,
                "too many items were put between two others at this place of the list: push at an end, or "
                "build " "the list anew");
  }
  append_further(positions, growth, number);
  return positions;
}

}  // namespace causeway
