// The oracle of types in which a write claims something of what its coordinator saw: a member that was not there, a number beyond all
// others. It stands until a later write that saw it takes it back.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "tests/crdt/laws.h"

namespace causeway::testing {

template <class Claim>
class Claims {
 public:
  using All = std::set<Claim>;
  /// What a write claims where `present` was all that its coordinator saw standing.
  using Rule = std::function<All(const Write& write, const All& present)>;
  using Takes = std::function<bool(const Write& later, const Claim& claim)>;

  Claims(Rule rule, Takes takes) : rule_(std::move(rule)), takes_(std::move(takes)) {}

  /// All that stands for who has seen these writes.
  All present(const Seen& seen) {
    All standing;
    for (const Write* write : seen) {
      for (const Claim& claim : of(*write, seen)) {
        const bool gone =
            is_taken_back(*write, seen, [&](const Write& later) { return takes_(later, claim); });
        if (!gone) standing.insert(claim);
      }
    }
    return standing;
  }
  /// A new schedule begins: what was found of the writes of the last one is void.
  void forget() { found_.clear(); }

 private:
  const All& of(const Write& write, const Seen& seen) {
    if (const auto found = found_.find(&write); found != found_.end()) return found->second;
    Seen past;
    std::copy_if(seen.begin(), seen.end(), std::back_inserter(past),
                 [&](const Write* other) { return write.saw(*other); });
    All claims = rule_(write, present(past));
    return found_[&write] = std::move(claims);
  }

  Rule rule_;
  Takes takes_;
  std::map<const Write*, All> found_;
};

/// A type whose oracle are its claims: the book is begun anew with each schedule.
template <class Claim>
TypeUnderTest with_claims(
    std::shared_ptr<Claims<Claim>> claims, std::function<std::vector<Bytes>(unsigned a, unsigned b)> draw,
    std::vector<std::vector<Bytes>> reads,
    std::function<Value(const std::vector<Bytes>& read, const std::set<Claim>&)> answer) {
  TypeUnderTest type;
  type.draw = [=](unsigned a, unsigned b, unsigned number) {
    if (number == 0) claims->forget();
    return draw(a, b);
  };
  type.reads = std::move(reads);
  type.oracle = [=](const std::vector<Bytes>& read, const Seen& seen) {
    return answer(read, claims->present(seen));
  };
  return type;
}

inline Bytes name(unsigned number) { return Bytes(1, static_cast<char>('a' + number)); }

}  // namespace causeway::testing
