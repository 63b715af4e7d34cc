// What reads must have seen: by the levels of earlier updates, and by their sessions.
#include <algorithm>
#include <set>

#include "base/hash.h"
#include "tests/sim/checks.h"
#include "tests/sim/told.h"

namespace causeway::testing {
namespace {

/// What the reads of one key must see.
using Kind = Meaning::Kind;

/// The names in an answer, sorted.
std::vector<Bytes> names_in(const Done& read) {
  std::vector<Bytes> names;
  for (const Value& item : std::get<Value::Array>(read.value)) {
    const auto* pair = std::get_if<Value::Array>(&item);  // of a name and what it has
    names.push_back(std::get<Bytes>(pair != nullptr ? pair->front() : item));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool names(const Done& done, const Bytes& name) {
  const auto& all = done.draft.meaning.names;
  return std::find(all.begin(), all.end(), name) != all.end();
}

/// The value in an answer, as writes name it.
std::optional<Bytes> value_in(const Done& read) {
  if (const auto* number = std::get_if<std::int64_t>(&read.value)) return std::to_string(*number);
  const auto* text = std::get_if<Bytes>(&read.value);
  return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::int64_t sum_in(const Value& value) {
  const auto* text = std::get_if<Bytes>(&value);
  const auto* number = std::get_if<std::int64_t>(&value);
  return text != nullptr ? std::stoll(*text) : number != nullptr ? *number : 0;
}

/// What reads must see of what was done at the same key.
class Reads {
 public:
  Reads(const Evidence& evidence, Verdict& verdict) : evidence_(evidence), verdict_(verdict) {
    for (const Done& done : evidence.history) by_key_[done.key()].push_back(&done);
  }

  void check(const Done& read) const {
    switch (read.draft.meaning.kind) {
      case Kind::read_names: return check_names(read);
      case Kind::read_value:
      case Kind::read_flag: return check_value(read);
      case Kind::read_extreme: return check_extreme(read);
      case Kind::read_count: return check_count(read);
      case Kind::read_sum: return check_sum(read);
      default: return;
    }
  }

 private:
  /// The read comes later in the session that did the other.
  [[nodiscard]] static bool in_session(const Done& before, const Done& read) {
    return before.session && read.session && before.client == read.client &&
           before.session_number == read.session_number && before.ended <= read.began;
  }
  /// Not if it was lost where that was allowed.
  [[nodiscard]] bool is_kept(const Done& write) const {
    if (!is_recognisable(write)) return true;
    const Who makers = makers_of(write, evidence_.deeds);
    const auto is_there = [](const KnownEvent* event) { return !event->excused; };
    // Which of several another operation's answer rested on is not known.
    if (write.draft.meaning.kind == Kind::reach) return std::all_of(makers.begin(), makers.end(), is_there);
    return std::any_of(makers.begin(), makers.end(), is_there);
  }
  [[nodiscard]] bool must_see(const Done& write, const Done& read) const {
    if (!write.ok() || !is_kept(write)) return false;
    return in_session(write, read) || (write.ended < read.began && intersect(write, read, evidence_));
  }
  /// Another read of the same, earlier in the session; what it saw may be lost where a disk was.
  [[nodiscard]] bool saw_before(const Done& done, const Done& read) const {
    return is(done, read.draft.meaning.kind, read) && done.ok() && in_session(done, read) &&
           evidence_.losses.empty();
  }
  /// Of this kind, at the place that is read.
  [[nodiscard]] static bool is(const Done& done, Kind kind, const Done& read) {
    return done.draft.meaning.kind == kind && done.draft.meaning.where == read.draft.meaning.where;
  }
  /// Something of this name is there once it is done: it was added, or put in the place of something else, or incremented.
  [[nodiscard]] static bool makes(const Done& done, const Done& read, const Bytes& name) {
    const Meaning& meaning = done.draft.meaning;
    const bool adds = is(done, Kind::add, read) || is(done, Kind::other, read);
    return names(done, name) &&
           (adds || (meaning.kind == Kind::increment && meaning.where.starts_with(read.draft.meaning.where)));
  }
  void blame(const Done& read, const Done& before, const std::string& what) const {
    verdict_.blame(in_session(before, read) ? "session" : "quorum",
                   told(read) + " " + what + ": " + told(before));
  }
  template <class Holds>
  [[nodiscard]] bool any_done(const Done& read, Holds holds) const {
    const auto& ops = by_key_.at(read.key());
    return std::any_of(ops.begin(), ops.end(), [&](const Done* done) { return holds(*done); });
  }

  /// A removal of the name, or of what it is in, was begun before the read ended.
  [[nodiscard]] bool removal_tried(const Done& read, const Bytes& name) const {
    return any_done(read, [&](const Done& done) {
      if (done.began > read.ended) return false;
      const auto& clears = done.draft.meaning.clears;
      return (clears && read.draft.meaning.where.starts_with(*clears)) ||
             (is(done, Kind::remove, read) && names(done, name));
    });
  }

  void check_names(const Done& read) const {
    const std::vector<Bytes> found = names_in(read);
    const auto has = [&found](const Bytes& name) {
      return std::binary_search(found.begin(), found.end(), name);
    };
    for (const Done* done : by_key_.at(read.key())) {
      const auto& meant = done->draft.meaning.names;
      if (is(*done, Kind::add, read)) {
        if (must_see(*done, read) && !has(meant[0]) && !removal_tried(read, meant[0])) {
          blame(read, *done, "does not see what was acknowledged before");
        }
      } else if (saw_before(*done, read)) {
        for (const Bytes& name : names_in(*done)) {
          if (has(name) || removal_tried(read, name)) continue;
          blame(read, *done, "no longer sees " + name + ", which its session saw");
        }
      } else if (is(*done, Kind::remove, read) && meant.size() == 1 &&
                 done->value == Value(std::int64_t{1})) {
        if (must_see(*done, read) && has(meant[0]) && added_once_before(read, *done)) {
          blame(read, *done, "still sees what was removed before");
        }
      }
    }
    for (const Bytes& name : found) {
      const bool begun = any_done(
          read, [&](const Done& done) { return done.began <= read.ended && makes(done, read, name); });
      if (!begun) verdict_.blame("phantom", told(read) + " sees " + name + ", which nobody added");
    }
  }
  /// Nothing that adds the name can come after the removal.
  [[nodiscard]] bool added_once_before(const Done& read, const Done& removal) const {
    return !any_done(read, [&](const Done& done) {
      if (!makes(done, read, removal.draft.meaning.names[0])) return false;
      return !must_see(done, removal) || done.tries > 1;
    });
  }

  /// Of increments that nothing resets: at least what was acknowledged, at most what was begun.
  void check_sum(const Done& read) const {
    std::int64_t least = 0;
    std::int64_t least_seen = 0;  // by its session
    std::int64_t most = 0;
    for (const Done* done : by_key_.at(read.key())) {
      if (saw_before(*done, read)) least_seen = std::max(least_seen, sum_in(done->value));
      if (!is(*done, Kind::increment, read)) continue;
      if (must_see(*done, read)) least += done->draft.meaning.amount;
      if (done->began <= read.ended) most += done->draft.meaning.amount;
    }
    const std::int64_t value = sum_in(read.value);
    if (value < least_seen)
      verdict_.blame("session", told(read) + ": reads less than its session read before");
    if (value >= least && value <= most) return;
    verdict_.blame("tally", told(read) + ": reads " + std::to_string(value) + ", which must be from " +
                                std::to_string(least) + " to " + std::to_string(most));
  }

  /// Something that was reached, and nothing beyond it was acknowledged, unless that may have been deleted.
  void check_extreme(const Done& read) const {
    const bool most = read.draft.meaning.where.ends_with(static_cast<char>(EntryType::maximum));
    const auto* const value = std::get_if<std::int64_t>(&read.value);
    bool begun = value == nullptr;
    for (const Done* done : by_key_.at(read.key())) {
      if (!is(*done, Kind::reach, read)) continue;
      const Bytes& name = done->draft.meaning.names[0];
      const std::int64_t number = std::stoll(name);
      if (value != nullptr && number == *value && done->began <= read.ended) begun = true;
      const bool beyond = value == nullptr || (most ? number > *value : number < *value);
      if (beyond && must_see(*done, read) && !removal_tried(read, name)) {
        blame(read, *done, "does not go as far as what was acknowledged before");
      }
    }
    if (!begun) verdict_.blame("phantom", told(read) + " reads what nobody wrote");
  }

  /// Registers stand for names, mostly one for one. Where a disk was lost, names may be as well.
  void check_count(const Done& read) const {
    std::set<std::uint64_t> least;
    std::set<std::uint64_t> most;
    for (const Done* done : by_key_.at(read.key())) {
      if (!is(*done, Kind::count, read)) continue;
      for (const Bytes& name : done->draft.meaning.names) {
        constexpr std::uint64_t registers = 1U << 14U;
        if (must_see(*done, read) && evidence_.losses.empty()) least.insert(hash64(name) % registers);
        if (done->began <= read.ended) most.insert(hash64(name) % registers);
      }
    }
    const auto value = static_cast<std::uint64_t>(std::get<std::int64_t>(read.value));
    if (value >= least.size() && value <= most.size()) return;
    verdict_.blame("tally", told(read) + ": reads " + std::to_string(value) + ", which must be from " +
                                std::to_string(least.size()) + " to " + std::to_string(most.size()));
  }

  /// What is read is not older than what was acknowledged, or read in the session, before.
  void check_value(const Done& read) const {
    const auto value = value_in(read);
    const auto written = [&](const Bytes& name) -> const Who& {
      return at(evidence_.deeds.said, {read.key(), read.draft.meaning.where, name});
    };
    Who seen = value ? written(*value) : Who();
    const bool is_flag = read.draft.meaning.kind == Kind::read_flag;
    if (!value || (is_flag && *value == "0")) {
      const Who clears = clears_of(read, evidence_.deeds);
      seen.insert(seen.end(), clears.begin(), clears.end());
    }
    for (const Done* done : by_key_.at(read.key())) {
      const bool wrote = is(*done, Kind::write, read) && must_see(*done, read);
      // Which of many writes of the same an earlier read saw is not known.
      const bool saw = !is_flag && saw_before(*done, read) && value_in(*done);
      if (!wrote && !saw) continue;
      const Who& known = written(wrote ? done->draft.meaning.names[0] : *value_in(*done));
      const auto older = [&](const KnownEvent* event) {
        return std::all_of(known.begin(), known.end(),
                           [&](const KnownEvent* write) { return write->past.covers(event->event.dot); });
      };
      if (std::all_of(seen.begin(), seen.end(), older)) {
        blame(read, *done, "answers " + value.value_or("nothing") + ", which is older than");
      }
    }
  }

  const Evidence& evidence_;
  Verdict& verdict_;
  std::map<Bytes, std::vector<const Done*>> by_key_;
};

}  // namespace

void check_reads(const Evidence& evidence, Verdict& verdict) {
  const Reads reads(evidence, verdict);
  for (const Done& done : evidence.history) {
    if (done.ok()) reads.check(done);
  }
}

/// An event of a session has all that the session depended on in its past, and the session depends on it.
void check_sessions(const Evidence& evidence, Verdict& verdict) {
  for (const Done& done : evidence.history) {
    if (!done.session || !is_recognisable(done)) continue;
    const Who& events = events_of(done, evidence.deeds);
    for (const KnownEvent* event : events) {
      if (event->past.covers(*done.session)) continue;
      verdict.blame("session", told(done) + " does not depend on what its session did and saw before");
    }
    const Who makers = makers_of(done, evidence.deeds);
    const bool followed = std::any_of(makers.begin(), makers.end(), [&](const KnownEvent* event) {
      return done.session_after.covers(event->event.dot);
    });
    if (done.ok() && !makers.empty() && !followed) {
      verdict.blame("session", told(done) + " is not in what its session depends on afterwards");
    }
  }
}

}  // namespace causeway::testing
