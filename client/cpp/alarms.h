// Times at which something of a number is due, to the millisecond; one alarm a number. The numbers are small: they are places
// in an array. Alarms of one millisecond form a list, so that setting one right after another of the same time, and taking one
// out early, which is what becomes of nearly all, cost a few instructions.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

#include "base/time.h"

namespace causeway {

class Alarms {
 public:
  using Number = std::uint32_t;

  /// Never early, late by up to a millisecond. Replaces an earlier alarm of the number.
  void set(MonoTime when, Number number) {
    cancel(number);
    if (number >= places_.size()) places_.resize(number + std::size_t{1});
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(when.time_since_epoch()).count();
    if (latest_ == due_.end() || latest_->first != ms) latest_ = due_.try_emplace(ms).first;
    List& list = latest_->second;
    places_[number] = {latest_, list.last, none, true};
    (list.last == none ? list.first : places_[list.last].next) = number;
    list.last = number;
  }
  void cancel(Number number) {
    if (number >= places_.size() || !places_[number].set) return;
    Place& place = places_[number];
    place.set = false;
    List& list = place.list->second;
    (place.previous == none ? list.first : places_[place.previous].next) = place.next;
    (place.next == none ? list.last : places_[place.next].previous) = place.previous;
    if (list.first != none) return;
    if (latest_ == place.list) latest_ = due_.end();
    due_.erase(place.list);
  }

  [[nodiscard]] bool is_set(Number number) const { return number < places_.size() && places_[number].set; }

  /// What is due, in the order of time; it is set no more.
  std::vector<Number> take(MonoTime now) {
    std::vector<Number> taken;
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
    while (!due_.empty() && due_.begin()->first <= ms) {
      taken.push_back(due_.begin()->second.first);
      cancel(taken.back());
    }
    return taken;
  }

  /// REQUIRES: not empty.
  [[nodiscard]] MonoTime first() const { return MonoTime(std::chrono::milliseconds(due_.begin()->first)); }
  [[nodiscard]] bool empty() const { return due_.empty(); }

 private:
  static constexpr Number none = ~Number{0};

  struct List {
    Number first = none;
    Number last = none;
  };
  using Due = std::map<std::int64_t, List>;
  struct Place {
    Due::iterator list;
    Number previous = none;
    Number next = none;
    bool set = false;
  };

  Due due_;                            ///< no list is empty
  Due::iterator latest_ = due_.end();  ///< what was set last is mostly followed by more of the same time
  std::vector<Place> places_;          ///< by number
};

}  // namespace causeway
