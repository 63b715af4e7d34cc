// What reads must have seen: by the levels of earlier updates, and by their sessions.
#include <algorithm>

#include "tests/sim/checks.h"
#include "tests/sim/deed_words.h"

namespace causeway::testing {
namespace {

/// What the reads of one key must see.
class Reads {
 public:
  Reads(const Evidence& evidence, Verdict& verdict) : evidence_(evidence), verdict_(verdict) {
    for (const Done& done : evidence.history) by_key_[done.key()].push_back(&done);
  }

  void check(const Done& read) const {
    const Bytes& command = read.command();
    if (command == "SMEMBERS") check_members(read);
    if ((command == "GET" && read.key().starts_with("tally")) || command == "COUNTER.GET") check_tally(read);
    if (command == "REG.GET" || (command == "GET" && read.key().starts_with("text"))) check_value(read);
  }

 private:
  /// The read comes later in the session that did the other.
  [[nodiscard]] static bool in_session(const Done& before, const Done& read) {
    return before.session && read.session && before.client == read.client && before.session_number == read.session_number &&
           before.ended <= read.began;
  }
  /// Not if it was lost where that was allowed.
  [[nodiscard]] bool is_kept(const Done& write) const {
    if (!is_recognisable(write)) return true;
    const auto& events = events_of(write, evidence_.deeds);
    return std::any_of(events.begin(), events.end(), [](const KnownEvent* event) { return !event->excused; });
  }
  [[nodiscard]] bool must_see(const Done& write, const Done& read) const {
    if (!write.ok() || !is_kept(write)) return false;
    return in_session(write, read) || (write.ended < read.began && intersect(write, read, evidence_));
  }
  void blame(const Done& read, const Done& before, const std::string& what) const {
    verdict_.blame(in_session(before, read) ? "session" : "quorum", told(read) + " " + what + ": " + told(before));
  }

  /// A removal of the member, or of the whole set, was begun before the read ended.
  [[nodiscard]] bool removal_tried(const Done& read, const Bytes& member) const {
    const auto& ops = by_key_.at(read.key());
    return std::any_of(ops.begin(), ops.end(), [&](const Done* done) {
      if (done->began > read.ended) return false;
      const auto& arguments = done->draft.arguments;
      return done->command() == "DEL" || done->command() == "SET" ||
             (done->command() == "SREM" && std::find(arguments.begin() + 2, arguments.end(), member) != arguments.end());
    });
  }

  void check_members(const Done& read) const {
    std::vector<Bytes> found;
    for (const Value& member : std::get<Value::Array>(read.value)) found.push_back(std::get<Bytes>(member));
    const auto has = [&found](const Bytes& member) { return std::binary_search(found.begin(), found.end(), member); };
    for (const Done* done : by_key_.at(read.key())) {
      const auto& arguments = done->draft.arguments;
      if (done->command() == "SADD") {
        if (must_see(*done, read) && !has(arguments[2]) && !removal_tried(read, arguments[2])) {
          blame(read, *done, "does not see what was acknowledged before");
        }
      } else if (done->command() == "SMEMBERS" && done->ok() && in_session(*done, read)) {
        for (const Value& member : std::get<Value::Array>(done->value)) {
          const Bytes& name = std::get<Bytes>(member);
          if (has(name) || removal_tried(read, name) || !evidence_.losses.empty()) continue;
          blame(read, *done, "no longer sees " + name + ", which its session saw");
        }
      } else if (done->command() == "SREM" && arguments.size() == 3 && done->value == Value(std::int64_t{1})) {
        if (must_see(*done, read) && has(arguments[2]) && added_once_before(read, *done)) {
          blame(read, *done, "still sees what was removed before");
        }
      }
    }
    for (const Bytes& member : found) {
      if (!was_begun(read, member)) verdict_.blame("phantom", told(read) + " sees " + member + ", which nobody added");
    }
  }
  /// Nothing that adds the member can come after the removal.
  [[nodiscard]] bool added_once_before(const Done& read, const Done& removal) const {
    const auto& ops = by_key_.at(read.key());
    const Bytes& member = removal.draft.arguments[2];
    return std::none_of(ops.begin(), ops.end(), [&](const Done* done) {
      const auto& arguments = done->draft.arguments;
      if (done->command() != "SADD" || std::find(arguments.begin() + 2, arguments.end(), member) == arguments.end()) return false;
      return !must_see(*done, removal) || done->tries > 1;
    });
  }
  [[nodiscard]] bool was_begun(const Done& read, const Bytes& member) const {
    const auto& ops = by_key_.at(read.key());
    return std::any_of(ops.begin(), ops.end(), [&](const Done* done) {
      const auto& arguments = done->draft.arguments;
      return done->command() == "SADD" && done->began <= read.ended &&
             std::find(arguments.begin() + 2, arguments.end(), member) != arguments.end();
    });
  }

  static std::int64_t sum_of(const Value& value) {
    const auto* text = std::get_if<Bytes>(&value);
    const auto* number = std::get_if<std::int64_t>(&value);
    return text != nullptr ? std::stoll(*text) : number != nullptr ? *number : 0;
  }

  /// Only of keys that nothing resets.
  void check_tally(const Done& read) const {
    if (!read.key().starts_with("tally") && !read.key().starts_with("grow")) return;
    std::int64_t least = 0;
    std::int64_t least_seen = 0;  // by its session
    std::int64_t most = 0;
    for (const Done* done : by_key_.at(read.key())) {
      if (!is_increment(*done)) {
        if (done->ok() && in_session(*done, read) && evidence_.losses.empty()) least_seen = std::max(least_seen, sum_of(done->value));
        continue;
      }
      if (must_see(*done, read)) least += amount_of(*done);
      if (done->began <= read.ended) most += amount_of(*done);
    }
    const std::int64_t value = sum_of(read.value);
    if (value < least_seen) verdict_.blame("session", told(read) + ": reads less than its session read before");
    if (value >= least && value <= most) return;
    verdict_.blame("tally", told(read) + ": reads " + std::to_string(value) + ", which must be from " + std::to_string(least) +
                                " to " + std::to_string(most));
  }

  /// What is read is not older than what was acknowledged, or read in the session, before.
  void check_value(const Done& read) const {
    const auto* value = std::get_if<Bytes>(&read.value);
    const Deeds& deeds = evidence_.deeds;
    const auto& seen = value != nullptr ? at(deeds.written, {read.key(), *value}) : at(deeds.cleared, read.key());
    for (const Done* done : by_key_.at(read.key())) {
      const bool wrote = (done->command() == "SET" || done->command() == "REG.SET") && must_see(*done, read);
      const bool saw = done->command() == read.command() && done->ok() && in_session(*done, read) &&
                       std::holds_alternative<Bytes>(done->value) && evidence_.losses.empty();
      if (!wrote && !saw) continue;
      const Bytes& known = wrote ? done->draft.arguments[2] : std::get<Bytes>(done->value);
      const auto& written = at(deeds.written, {read.key(), known});
      const auto older = [&](const KnownEvent* event) {
        return std::all_of(written.begin(), written.end(),
                           [&](const KnownEvent* write) { return write->past.covers(event->event.dot); });
      };
      if (std::all_of(seen.begin(), seen.end(), older)) {
        blame(read, *done, "answers " + (value != nullptr ? *value : "nothing") + ", which is older than");
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
    const auto& events = events_of(done, evidence.deeds);
    for (const KnownEvent* event : events) {
      if (event->past.covers(*done.session)) continue;
      verdict.blame("session", told(done) + " does not depend on what its session did and saw before");
    }
    const bool followed = std::any_of(events.begin(), events.end(), [&](const KnownEvent* event) {
      return done.session_after.covers(event->event.dot);
    });
    if (done.ok() && !events.empty() && !followed) {
      verdict.blame("session", told(done) + " is not in what its session depends on afterwards");
    }
  }
}

}  // namespace causeway::testing
