#include "tests/sim/oracle.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/check.h"
#include "base/serial.h"
#include "tests/crdt/event_draft.h"

namespace causeway::testing {
namespace {

using Who = std::vector<const KnownEvent*>;

struct Increment {
  std::optional<RequestId> request;
  std::int64_t delta;
  const KnownEvent* by;
};
struct Write {
  Bytes value;
  const KnownEvent* by;
};
/// All that happened to one key, as one type.
struct Story {
  std::vector<Increment> increments;
  Who resets;  ///< of its cells
  std::vector<Write> writes;
  Who unwrites;  ///< removals of its register
  std::map<Bytes, Who> adds;
  std::map<Bytes, Who> removes;
};
struct Life {
  std::map<EntryType, Story> stories;
  Who clears;  ///< of the whole object
};

bool saw(const Who& later, const KnownEvent& event) {
  return std::any_of(later.begin(), later.end(),
                     [&](const KnownEvent* other) { return other->past.covers(event.event.dot); });
}

std::int64_t amount_of(BytesView payload) {
  Reader reader(payload);
  const auto amount = static_cast<std::int64_t>(reader.varint());
  CW_CHECK(reader.done(), "a cell is read");
  return amount;
}

/// What a cell had before: in the event that it supersedes.
std::int64_t amount_before(EventBook& book, const Update& update) {
  std::int64_t before = 0;
  for (const Dot& dot : update.supersedes) {
    const KnownEvent* known = book.find(dot);
    if (known == nullptr) continue;
    for (const Drafted& mutation : known->event.mutations) {
      const auto* cell = std::get_if<Update>(&mutation);
      if (cell == nullptr || cell->key != update.key || cell->path != update.path || !cell->payload) continue;
      before = std::max(before, amount_of(*cell->payload));
    }
  }
  return before;
}

std::optional<Increment> increment_of(EventBook& book, const KnownEvent& known, const Update& update) {
  const auto head = parse_path(update.path);
  if (head->part != Part::cell || !update.payload) return std::nullopt;
  const std::int64_t delta = amount_of(*update.payload) - amount_before(book, update);
  return Increment{known.event.request_id, head->subkey.front() == '-' ? -delta : delta, &known};
}

void note(EventBook& book, const KnownEvent& known, const Update& update, Life& life) {
  const auto head = parse_path(update.path);
  CW_CHECK(head.has_value(), "a path is read");
  Story& story = life.stories[head->type];
  if (head->part == Part::cell) {
    if (const auto increment = increment_of(book, known, update)) story.increments.push_back(*increment);
    if (!update.payload) story.resets.push_back(&known);
  } else if (head->part == Part::value && head->type == EntryType::set) {
    (update.payload ? story.adds : story.removes)[Bytes(head->subkey)].push_back(&known);
  } else if (head->part == Part::value) {
    if (update.payload) story.writes.push_back({update.payload->substr(sizeof(Hlc::value)), &known});
    if (!update.payload) story.unwrites.push_back(&known);
  }
}

/// An event that resets does so for every cell that it saw, whether or not it names it.
std::map<Bytes, Life> lives_of(EventBook& book, const VersionVector& clock) {
  std::map<Bytes, Life> lives;
  book.each([&](const KnownEvent& known) {
    if (!clock.covers(known.event.dot)) return;
    for (const Drafted& mutation : known.event.mutations) {
      if (const auto* update = std::get_if<Update>(&mutation)) {
        note(book, known, *update, lives[update->key]);
      } else {
        lives[std::get<RangeRemoval>(mutation).key].clears.push_back(&known);
      }
    }
  });
  return lives;
}

std::int64_t count(const Story& story, const Who& clears) {
  std::map<RequestId, std::optional<std::int64_t>> once;  // nothing: a reset saw one of the executions
  std::int64_t sum = 0;
  for (const Increment& increment : story.increments) {
    const bool forgotten = saw(story.resets, *increment.by) || saw(clears, *increment.by);
    if (!increment.request) {
      sum += forgotten ? 0 : increment.delta;
      continue;
    }
    const auto [at, is_new] = once.try_emplace(*increment.request, increment.delta);
    if (forgotten) at->second.reset();
  }
  for (const auto& [request, delta] : once) sum += delta.value_or(0);
  return sum;
}

bool has_cells(const Story& story, const Who& clears) {
  return std::any_of(story.increments.begin(), story.increments.end(), [&](const Increment& increment) {
    return !saw(story.resets, *increment.by) && !saw(clears, *increment.by);
  });
}

std::vector<Bytes> unseen_writes(const Story& story, const Who& clears) {
  Who writers = story.unwrites;
  for (const Write& write : story.writes) writers.push_back(write.by);
  std::vector<Write> left;
  std::copy_if(story.writes.begin(), story.writes.end(), std::back_inserter(left),
               [&](const Write& write) { return !saw(writers, *write.by) && !saw(clears, *write.by); });
  const auto stamp = [](const Write& write) {
    return std::pair(write.by->event.hlc, write.by->event.dot.actor);
  };
  std::sort(left.begin(), left.end(), [&](const Write& a, const Write& b) { return stamp(a) > stamp(b); });
  std::vector<Bytes> values;
  for (const Write& write : left) values.push_back(write.value);
  return values;
}

std::vector<Bytes> present_members(const Story& story, const Who& clears) {
  std::vector<Bytes> members;
  for (const auto& [member, adds] : story.adds) {
    const auto removes = story.removes.find(member);
    const bool there = std::any_of(adds.begin(), adds.end(), [&, &removals = removes](const KnownEvent* add) {
      return !saw(clears, *add) && (removals == story.removes.end() || !saw(removals->second, *add));
    });
    if (there) members.push_back(member);
  }
  return members;
}

std::optional<EntryType> type_of(const std::set<EntryType>& present, const std::vector<Bytes>& markers) {
  if (present.empty()) return std::nullopt;
  if (present.size() == 1) return *present.begin();
  for (const Bytes& marker : markers) {
    const auto type = static_cast<EntryType>(marker.at(0));
    if (present.contains(type)) return type;
  }
  return *present.begin();
}

Expected expected_of(const Life& life) {
  Expected expected;
  std::set<EntryType> present;
  std::vector<Bytes> markers;
  for (const auto& [type, story] : life.stories) {
    auto writes = unseen_writes(story, life.clears);
    if (type == EntryType::marker) {
      markers = std::move(writes);
      continue;
    }
    expected.counts[type] = count(story, life.clears);
    expected.has_cells[type] = has_cells(story, life.clears);
    if (type == EntryType::set) expected.members = present_members(story, life.clears);
    if (expected.has_cells[type] || !writes.empty() || (type == EntryType::set && !expected.members.empty()))
      present.insert(type);
    expected.siblings[type] = std::move(writes);
  }
  expected.type = type_of(present, markers);
  return expected;
}

/// A string's value: an integer is the base of what its cells add up to.
Bytes text_of(const Bytes& written, std::int64_t count) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
  const bool whole = error == std::errc() && end == written.data() + written.size() && !written.empty();
  return whole ? std::to_string(number + count) : written;
}

std::vector<Bytes> values_of(const Expected& expected) {
  const EntryType type = *expected.type;
  std::vector<Bytes> values = expected.siblings.at(type);
  if (type != EntryType::string) return values;
  for (Bytes& value : values) value = text_of(value, expected.counts.at(type));
  if (values.empty()) values.push_back(std::to_string(expected.counts.at(type)));
  return values;
}

Value array_of(const std::vector<Bytes>& items) {
  Value::Array array;
  for (const Bytes& item : items) array.emplace_back(item);
  return array;
}

}  // namespace

std::map<Bytes, Expected> expected_of(EventBook& book, const VersionVector& clock) {
  std::map<Bytes, Expected> all;
  for (const auto& [key, life] : lives_of(book, clock)) all.emplace(key, expected_of(life));
  return all;
}

void add_deeds(EventBook& book, Deeds& deeds) {
  book.each([&](const KnownEvent& known) {
    if (known.event.request_id) deeds.requests[*known.event.request_id].push_back(&known);
    for (const Drafted& mutation : known.event.mutations) {
      const auto* update = std::get_if<Update>(&mutation);
      if (update == nullptr) {
        deeds.cleared[std::get<RangeRemoval>(mutation).key].push_back(&known);
        continue;
      }
      const auto head = parse_path(update->path);
      if (const auto increment = increment_of(book, known, *update); increment && !increment->request) {
        deeds.anonymous[{update->key, increment->delta}].push_back(&known);
      }
      if (head->part != Part::value || head->type == EntryType::marker) continue;
      const std::pair<Bytes, Bytes> member{update->key, Bytes(head->subkey)};
      if (head->type == EntryType::set) {
        (update->payload ? deeds.added : deeds.removed)[member].push_back(&known);
      } else if (update->payload) {
        deeds.written[{update->key, update->payload->substr(sizeof(Hlc::value))}].push_back(&known);
      }
    }
  });
}

std::vector<Bytes> reads_of(const std::optional<EntryType>& type) {
  if (!type) return {"TYPE", "EXISTS"};
  switch (*type) {
    case EntryType::string: return {"TYPE", "GET", "SIBLINGS"};
    case EntryType::counter: return {"TYPE", "COUNTER.GET"};
    case EntryType::reg: return {"TYPE", "REG.GET", "SIBLINGS"};
    case EntryType::set: return {"TYPE", "SMEMBERS", "SCARD"};
    default: break;
  }
  return {"TYPE"};
}

std::optional<Value> expected_reply(BytesView command, const Expected& expected) {
  if (command == "TYPE") return Value(Status{expected.type ? Bytes(name_of(*expected.type)) : "none"});
  if (command == "EXISTS") return Value(std::int64_t{expected.type.has_value()});
  if (!expected.type) return std::nullopt;
  if (command == "COUNTER.GET") return Value(expected.counts.at(EntryType::counter));
  if (command == "SMEMBERS") return array_of(expected.members);
  if (command == "SCARD") return Value(static_cast<std::int64_t>(expected.members.size()));
  if (command == "SIBLINGS") return array_of(values_of(expected));
  if (command == "GET" || command == "REG.GET") return Value(values_of(expected).front());
  return std::nullopt;
}

}  // namespace causeway::testing
