#include "storage/log_marks.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "storage/keys.h"
#include "storage/record.h"
#include "storage/state_records.h"

namespace causeway {
namespace {

constexpr std::uint64_t events_per_mark = 256;

}  // namespace

Result<void> LogMarks::load(const StateStore& state) {
  const Bytes head = keys::marks(id_);
  Result<void> outcome;
  CW_TRY_VOID(state.scan(head, [&](BytesView key, BytesView value) {
    if (!key.starts_with(head)) return false;
    outcome = [&]() -> Result<void> {
      CW_TRY(const BytesView body, open_record(key, value));
      CW_TRY(VersionVector clock, decode_mark(key, body));
      const auto sequence = keys::parse_mark(key);
      if (!sequence) return damaged_record(key, "its key is no mark");
      marks_.push_back({*sequence, std::move(clock)});
      return {};
    }();
    return outcome.has_value();
  }));
  stored_ = marks_.size();
  return outcome;
}

void LogMarks::note_event(Sequence sequence, Sequence segment_first, const VersionVector& before) {
  const bool due =
      marks_.empty() || marks_.back().sequence < segment_first || events_since_ >= events_per_mark;
  ++events_since_;
  if (!due) return;
  CW_CHECK(marks_.empty() || marks_.back().sequence < sequence, "a log is replayed in order");
  marks_.push_back({sequence, before});
  events_since_ = 1;
}

Sequence LogMarks::position(const VersionVector& clock) const {
  const auto above = std::partition_point(marks_.begin(), marks_.end(),
                                          [&clock](const Mark& mark) { return clock.covers(mark.clock); });
  return above == marks_.begin() ? Sequence{0} : std::prev(above)->sequence;
}

std::optional<Sequence> LogMarks::begin() const {
  return marks_.empty() ? std::nullopt : std::optional(marks_.front().sequence);
}

const VersionVector* LogMarks::clock_before(Sequence sequence) const {
  const auto at = std::partition_point(marks_.begin(), marks_.end(),
                                       [sequence](const Mark& mark) { return mark.sequence < sequence; });
  return at == marks_.end() ? nullptr : &at->clock;
}

void LogMarks::drop_before(Sequence sequence) {
  const auto keep = std::partition_point(marks_.begin(), marks_.end(),
                                         [sequence](const Mark& mark) { return mark.sequence < sequence; });
  const auto count = static_cast<std::size_t>(keep - marks_.begin());
  // All of them: also what counts as not stored may be in the state, after a checkpoint that failed.
  for (std::size_t i = 0; i < count; ++i) dropped_.push_back(marks_[i].sequence);
  stored_ -= std::min(count, stored_);
  marks_.erase(marks_.begin(), keep);
}

void LogMarks::restart(Sequence next, const VersionVector& before) {
  drop_before(next);
  if (marks_.empty()) marks_.push_back({next, before});
  events_since_ = 0;
}

void LogMarks::freeze(std::vector<StateWrite>& writes) {
  for (const Sequence sequence : dropped_) writes.push_back({keys::mark(id_, sequence), std::nullopt});
  for (std::size_t i = stored_; i < marks_.size(); ++i) {
    Bytes key = keys::mark(id_, marks_[i].sequence);
    Bytes value = seal_record(key, encode_mark(marks_[i].clock));
    writes.push_back({std::move(key), std::move(value)});
  }
  stored_ = marks_.size();
  frozen_dropped_ = std::exchange(dropped_, {});
}

void LogMarks::thaw() {
  stored_ = 0;
  dropped_.insert(dropped_.end(), frozen_dropped_.begin(), frozen_dropped_.end());
}

}  // namespace causeway
