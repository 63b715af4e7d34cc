#include "tests/cluster/oracle.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/serial.h"
#include "crdt/path.h"

namespace causeway::testing {
namespace {

struct Increment {
  RequestId request;
  std::int64_t delta;
  const Seen* by;
};
struct Write {
  Bytes value;
  const Seen* by;
};

/// All that happened to one key.
struct Life {
  std::vector<Increment> increments;
  std::vector<const Seen*> resets;  ///< of counters
  std::vector<const Seen*> clears;  ///< of the whole object
  std::map<Bytes, std::vector<const Seen*>> adds;
  std::map<Bytes, std::vector<const Seen*>> removes;
  std::vector<Write> writes;
};

bool saw(const std::vector<const Seen*>& later, const Seen& event) {
  return std::any_of(later.begin(), later.end(), [&](const Seen* other) { return other->past.covers(event.event.dot); });
}

std::int64_t delta_of(BytesView payload) {
  Reader reader(payload);
  const char sign = static_cast<char>(reader.u8());
  reader.u64();
  reader.varint();
  reader.varint();
  const auto delta = static_cast<std::int64_t>(reader.varint());
  CW_CHECK(reader.ok(), "a request record is read");
  return sign == '-' ? -delta : delta;
}

void note(const Seen& seen, const Update& update, Life& life) {
  const auto head = parse_path(update.path);
  CW_CHECK(head.has_value(), "a path is read");
  if (head->part == Part::request && update.payload) {
    life.increments.push_back({*seen.event.request_id, delta_of(*update.payload), &seen});
  } else if (head->part == Part::cell && !update.payload) {
    life.resets.push_back(&seen);
  } else if (head->type == EntryType::set && head->part == Part::value) {
    (update.payload ? life.adds : life.removes)[Bytes(head->subkey)].push_back(&seen);
  } else if ((head->type == EntryType::reg || head->type == EntryType::string) && head->part == Part::value) {
    life.writes.push_back({update.payload->substr(sizeof(Hlc::value)), &seen});
  }
}

std::map<Bytes, Life> lives_of(const Events& events) {
  std::map<Bytes, Life> lives;
  for (const auto& [dot, seen] : events) {
    for (const Mutation& mutation : seen.event.mutations) {
      if (const auto* update = std::get_if<Update>(&mutation)) {
        note(seen, *update, lives[update->key]);
      } else {
        lives[std::get<RangeRemoval>(mutation).key].clears.push_back(&seen);
      }
    }
  }
  return lives;
}

std::int64_t count(const Life& life) {
  std::map<RequestId, std::optional<std::int64_t>> once;  // nothing: a reset saw one of the executions
  for (const Increment& increment : life.increments) {
    const bool forgotten = saw(life.resets, *increment.by) || saw(life.clears, *increment.by);
    const auto [at, is_new] = once.try_emplace(increment.request, increment.delta);
    if (forgotten) at->second.reset();
  }
  std::int64_t sum = 0;
  for (const auto& [request, delta] : once) sum += delta.value_or(0);
  return sum;
}

std::vector<Bytes> unseen_writes(const Life& life) {
  std::vector<const Seen*> writers;
  for (const Write& write : life.writes) writers.push_back(write.by);
  std::vector<Write> left;
  std::copy_if(life.writes.begin(), life.writes.end(), std::back_inserter(left),
               [&](const Write& write) { return !saw(writers, *write.by) && !saw(life.clears, *write.by); });
  const auto stamp = [](const Write& write) { return std::pair(write.by->event.hlc, write.by->event.dot.actor); };
  std::sort(left.begin(), left.end(), [&](const Write& a, const Write& b) { return stamp(a) > stamp(b); });
  std::vector<Bytes> values;
  for (const Write& write : left) values.push_back(write.value);
  return values;
}

}  // namespace

void add_expected(const Events& events, Expected& expected, Done& done) {
  for (const auto& [key, life] : lives_of(events)) {
    if (!life.increments.empty()) expected.counters[key] = count(life);
    for (const Increment& increment : life.increments) done.counted.insert(increment.request);
    if (!life.writes.empty()) expected.siblings[key] = unseen_writes(life);
    for (const Write& write : life.writes) done.written.insert({key, write.value});
    for (const auto& [member, adds] : life.adds) {
      done.added.insert({key, member});
      const auto removes = life.removes.find(member);
      const bool there = std::any_of(adds.begin(), adds.end(), [&, &clears = life.clears](const Seen* add) {
        return !saw(clears, *add) && (removes == life.removes.end() || !saw(removes->second, *add));
      });
      auto& members = expected.members[key];
      if (there) members.insert(member);
    }
  }
}

}  // namespace causeway::testing
