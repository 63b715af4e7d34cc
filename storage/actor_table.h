// The actors of one partition, numbered in the order of their first appearance here.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ids.h"

namespace causeway {

class ActorTable {
 public:
  ActorTable() = default;
  explicit ActorTable(std::vector<ActorId> actors) : actors_(std::move(actors)) {
    for (std::uint64_t i = 0; i < actors_.size(); ++i) numbers_.emplace(actors_[i], i);
  }

  /// The actor's number, given now if it is new.
  std::uint64_t number(ActorId actor) {
    if (!actors_.empty() && actors_[0] == actor) return 0;
    return find_number(actor);
  }
  /// Nothing if no actor has the number.
  [[nodiscard]] std::optional<ActorId> actor(std::uint64_t number) const {
    if (number >= actors_.size()) return std::nullopt;
    return actors_[number];
  }
  [[nodiscard]] const std::vector<ActorId>& actors() const { return actors_; }

 private:
  std::uint64_t find_number(ActorId actor) {
    for (std::uint64_t i = 0; i < std::min(actors_.size(), searched_in_turn_max); ++i) {
      if (actors_[i] == actor) return i;
    }
    const auto [at, is_new] = numbers_.emplace(actor, actors_.size());
    if (is_new) actors_.push_back(actor);
    return at->second;
  }

  static constexpr std::size_t searched_in_turn_max = 8;

  std::vector<ActorId> actors_;
  std::unordered_map<ActorId, std::uint64_t> numbers_;
};

}  // namespace causeway
