// One replica in memory: entries, clock, and the events it has applied, in its order. All events pass through their
// byte form. Nothing here knows a type.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "crdt/apply.h"
#include "crdt/codec.h"
#include "crdt/command.h"
#include "crdt/container.h"
#include "crdt/execute.h"
#include "tests/crdt/event_draft.h"

namespace causeway::testing {

class MemoryEntries : public EntryReader {
 public:
  using Place = std::pair<Bytes, Dot>;  // path, dot
  using Object = std::map<Place, Bytes>;

  Result<void> at(BytesView key, BytesView path, Visitor visit) const override {
    return scan(key, path, [&](const EntryView& entry) { return entry.path == path && visit(entry); });
  }

  Result<void> scan(BytesView key, BytesView prefix, Visitor visit) const override {
    const auto object = objects_.find(Bytes(key));
    if (object == objects_.end()) return {};
    for (auto at = object->second.lower_bound({Bytes(prefix), Dot{}}); at != object->second.end(); ++at) {
      const auto& [path, dot] = at->first;
      if (!path.starts_with(prefix)) break;
      ++visited_;
      if (!visit({path, dot, at->second})) break;
    }
    return {};
  }

  Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary) const override {
    const std::size_t visited = visited_;
    const auto read = read_summary(*this, key, base, summary);
    visited_ = visited;  // a store keeps it up to date
    return read;
  }
  Result<const ElementOrder*> order(const causeway::Place& place, ElementOrder& scratch) const override {
    const std::size_t visited = visited_;
    CW_TRY_VOID(read_order(*this, place, scratch));
    visited_ = visited;  // likewise
    return &scratch;
  }

  void change(const Event& event) {
    for (const Mutation& mutation : event.mutations) {
      const Bytes key(mutation.key);
      Object& object = objects_[key];
      for (auto at = object.lower_bound({Bytes(mutation.path), Dot{}});
           at != object.end() && at->first.first.starts_with(mutation.path);) {
        const bool taken = takes(event, mutation, {at->first.first, at->first.second, at->second});
        at = taken ? object.erase(at) : std::next(at);
      }
      if (mutation.form == MutationForm::insert) {
        CW_CHECK(object.emplace(Place{Bytes(mutation.path), event.dot}, Bytes(mutation.payload)).second);
      }
      if (object.empty()) objects_.erase(key);
    }
  }

  void assign(const std::vector<Entry>& entries) {
    objects_.clear();
    for (const Entry& entry : entries) objects_[entry.key][{entry.path, entry.dot}] = entry.payload;
  }

  /// All entries, sorted.
  [[nodiscard]] std::vector<Entry> all() const {
    std::vector<Entry> entries;
    for (const auto& [key, object] : objects_) {
      for (const auto& [place, payload] : object)
        entries.push_back({key, place.first, place.second, payload});
    }
    return entries;
  }

  /// How many entries were visited by scans since the last call.
  std::size_t take_visited() const { return std::exchange(visited_, 0); }

 private:
  std::map<Bytes, Object> objects_;
  mutable std::size_t visited_ = 0;
};

/// What a command did.
struct Done {
  Result<Value> reply;
  std::optional<EventDraft> event;
};

class Replica {
 public:
  explicit Replica(std::uint64_t actor, std::int64_t skew_ms = 0) : actor_(actor), skew_ms_(skew_ms) {}

  static constexpr std::size_t value_bytes_max = 1024;
  static constexpr std::int64_t wall_ms_usual = 1'000'000;

  /// There is no other.
  void be_alone() { is_alone_ = true; }

  /// Executes a command here, as its coordinator would, at this wall time.
  Done issue(const std::vector<Bytes>& arguments, std::int64_t wall_ms = wall_ms_usual,
             std::optional<RequestId> request = std::nullopt) {
    const auto command = find_command(arguments);
    if (!command) return {tl::unexpected<Error>(command.error()), std::nullopt};
    const WallTime wall{std::chrono::milliseconds(wall_ms + skew_ms_)};
    const Dot dot{actor_, clock_.counter(actor_) + 1};
    const Hlc hlc = hlc_.next(wall);
    EventWriter changes;
    changes.begin(actor_);
    const BytesView key = arguments[first_key_of(*command->command)];
    const Context context{entries_,        clock_,  dot, hlc,     wall,      request,
                          value_bytes_max, changes, key, nullptr, is_alone_, ++commands_};
    Value reply;
    if (auto done = execute(*command->command, context, span_of(views_of(arguments)), reply); !done) {
      return {tl::unexpected<Error>(std::move(done).error()), std::nullopt};
    }
    if (changes.mutations() == 0) return {std::move(reply), std::nullopt};
    CW_CHECK(!command->reads());
    Event issued;
    changes.finish({dot, moved_since(clock_, clock_when_issued_), hlc}, issued);
    EventDraft event = *draft_of(issued.bytes);
    clock_when_issued_ = clock_;
    clock_when_issued_.raise(dot);
    apply(event);
    return {std::move(reply), std::move(event)};
  }

  [[nodiscard]] bool is_ready_for(const EventDraft& event) const {
    return is_ready(event.dot, event.deps, clock_);
  }

  /// REQUIRES: ready for it.
  void apply(const EventDraft& event) {
    CW_CHECK(draft_of(encode_event(event)) == event);
    CW_CHECK(is_ready_for(event));
    entries_.change(*DraftedEvent(event));
    clock_.raise(event.dot);
    hlc_.observe(event.hlc);
  }

  /// The merge of both states becomes the state here, as in a full sync.
  void merge_from(const Replica& other) {
    entries_.assign(merge(entries_.all(), clock_, other.entries_.all(), other.clock_));
    clock_.join(other.clock_);
    hlc_.observe(other.hlc_.last());
  }

  [[nodiscard]] ActorId actor() const { return actor_; }
  [[nodiscard]] const VersionVector& clock() const { return clock_; }
  [[nodiscard]] const MemoryEntries& entries() const { return entries_; }
  [[nodiscard]] Hlc hlc() const { return hlc_.last(); }

 private:
  ActorId actor_;
  std::int64_t skew_ms_;
  bool is_alone_ = false;
  MemoryEntries entries_;
  VersionVector clock_;
  VersionVector clock_when_issued_;
  HlcClock hlc_;
  std::uint64_t commands_ = 0;
};

}  // namespace causeway::testing
