// Times at which something of a number is due, to the millisecond. Setting one is cheap; nothing is ever taken out early:
// the owner ignores an alarm that no longer means anything.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/time.h"

namespace causeway {

class Alarms {
 public:
  /// Never early, late by up to a millisecond.
  void set(MonoTime when, std::uint64_t number) {
    due_[std::chrono::ceil<std::chrono::milliseconds>(when.time_since_epoch()).count()].push_back(number);
  }

  /// What is due, in the order of time.
  std::vector<std::uint64_t> take(MonoTime now) {
    std::vector<std::uint64_t> taken;
    const auto end =
        due_.upper_bound(std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count());
    for (auto each = due_.begin(); each != end; ++each) {
      taken.insert(taken.end(), each->second.begin(), each->second.end());
    }
    due_.erase(due_.begin(), end);
    return taken;
  }

  /// REQUIRES: not empty.
  [[nodiscard]] MonoTime first() const { return MonoTime(std::chrono::milliseconds(due_.begin()->first)); }
  [[nodiscard]] bool empty() const { return due_.empty(); }

 private:
  std::map<std::int64_t, std::vector<std::uint64_t>> due_;
};

}  // namespace causeway
