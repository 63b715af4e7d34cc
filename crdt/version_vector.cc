#include "crdt/version_vector.h"

#include <algorithm>

namespace causeway {
namespace {

bool actor_below(const VersionVector::Row& row, ActorId actor) { return row.first < actor; }

}  // namespace

VersionVector::VersionVector(std::initializer_list<Row> rows) {
  for (const auto& [actor, counter] : rows) raise({actor, counter});
}

std::uint64_t VersionVector::counter(ActorId actor) const {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), actor, actor_below);
  return at != rows_.end() && at->first == actor ? at->second : 0;
}

bool VersionVector::covers(const VersionVector& other) const {
  return std::all_of(other.rows_.begin(), other.rows_.end(),
                     [&](const Row& row) { return counter(row.first) >= row.second; });
}

void VersionVector::raise(const Dot& dot) {
  if (dot.counter == 0) return;
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), dot.actor, actor_below);
  if (at != rows_.end() && at->first == dot.actor) {
    at->second = std::max(at->second, dot.counter);
  } else {
    rows_.insert(at, {dot.actor, dot.counter});
  }
}

void VersionVector::join(const VersionVector& other) {
  for (const auto& [actor, counter] : other.rows_) raise({actor, counter});
}

void VersionVector::meet(const VersionVector& other) {
  for (auto& [actor, counter] : rows_) counter = std::min(counter, other.counter(actor));
  std::erase_if(rows_, [](const Row& row) { return row.second == 0; });
}

std::uint64_t VersionVector::events() const {
  std::uint64_t sum = 0;
  for (const auto& row : rows_) sum += row.second;
  return sum;
}

std::optional<Dot> lacking(const VersionVector& have, const VersionVector& wanted) {
  for (const auto& [actor, counter] : wanted.rows()) {
    if (have.counter(actor) < counter) return Dot{actor, counter};
  }
  return std::nullopt;
}

VersionVector moved_since(const VersionVector& now, const VersionVector& before, ActorId but) {
  VersionVector moved;
  for (const auto& [actor, counter] : now.rows()) {
    if (actor != but && counter > before.counter(actor)) moved.raise({actor, counter});
  }
  return moved;
}

}  // namespace causeway
