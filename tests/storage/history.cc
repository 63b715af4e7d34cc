#include "history.h"
#include "tests/crdt/event_draft.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "crdt/container.h"

namespace causeway::testing {

void Model::apply(const EventDraft& event) {
  std::vector<Entry> inserted;
  const std::set<Entry> before = entries_;
  for (const Drafted& mutation : event.mutations) {
    if (const auto* update = std::get_if<Update>(&mutation)) {
      for (const Entry& entry : before) {
        const bool superseded =
            std::count(update->supersedes.begin(), update->supersedes.end(), entry.dot) > 0;
        if (superseded && entry.key == update->key && entry.path == update->path) entries_.erase(entry);
      }
      if (update->payload) inserted.push_back({update->key, update->path, event.dot, *update->payload});
      continue;
    }
    const auto& removal = std::get<RangeRemoval>(mutation);
    for (const Entry& entry : before) {
      const bool below = entry.key == removal.key && entry.path.starts_with(removal.prefix);
      const bool request = parse_path(entry.path)->part == Part::request;
      if (below && !request && removal.observed.covers(entry.dot)) entries_.erase(entry);
    }
  }
  entries_.insert(inserted.begin(), inserted.end());
  clock_.raise(event.dot);
}

void Model::check(const Partition& partition) const {
  REQUIRE(partition.clock() == clock_);
  REQUIRE(partition.entries() == entries_.size());
  Hash128 digest;
  std::set<Bytes> keys;
  for (const Entry& entry : entries_) {
    digest += digest_of(entry.key, entry.path, entry.dot, entry.payload);
    keys.insert(entry.key);
  }
  REQUIRE(partition.digest() == digest);
  std::vector<Bytes> visited;
  REQUIRE(partition.objects({}, [&](BytesView key, const ObjectSummary&) {
    visited.emplace_back(key);
    return true;
  }));
  REQUIRE(visited == std::vector<Bytes>(keys.begin(), keys.end()));
  for (const Bytes& key : keys) check_object(partition, key);
  const auto verified = partition.verify();
  INFO((verified ? "" : to_string(verified.error())));
  REQUIRE(verified);
}

namespace {

std::vector<EntryView> views_of(const std::vector<Entry>& entries) {
  std::vector<EntryView> views;
  for (const Entry& entry : entries) views.push_back({entry.path, entry.dot, entry.payload});
  return views;
}

/// Of the value that has the field in which the path ends; marker: it is in none.
EntryType innermost_container(BytesView path) {
  auto type = EntryType::marker;
  for (std::size_t base = 0; has_fields(static_cast<EntryType>(path[base]));) {
    type = static_cast<EntryType>(path[base]);
    base = element_end(path, base) + field_end_bytes;
  }
  return type;
}

/// Whether an element of a container counts, by its entries: something lives in it, at whatever depth.
bool lives(const std::vector<Entry>& element, std::size_t base) {
  struct Flag {
    bool is_live = false;
    bool is_member = false;  ///< of a remove-wins set
    bool added = false;
    bool removed = false;
  };
  std::map<Bytes, Flag> by_path;
  for (const Entry& entry : element) {
    const auto head = *parse_path(entry.path);
    Flag& flag = by_path[entry.path];
    flag.is_live = is_type(head.type) && (head.part == Part::value || head.part == Part::cell);
    flag.is_member = innermost_container(BytesView(entry.path).substr(base)) == EntryType::remove_wins_set;
    flag.added = flag.added || entry.payload == Bytes(1, '\1');
    flag.removed = flag.removed || entry.payload == Bytes(1, '\0');
  }
  return std::any_of(by_path.begin(), by_path.end(), [](const auto& row) {
    const Flag& flag = row.second;
    return flag.is_live && (!flag.is_member || (flag.added && !flag.removed));
  });
}

}  // namespace

void Model::check_object(const Partition& partition, const Bytes& key) const {
  std::map<Bytes, std::vector<Entry>> containers;  // by their bases
  for (const Entry& entry : entries_) {
    if (entry.key != key) continue;
    containers[""].push_back(entry);
    for (std::size_t base = 0; has_fields(static_cast<EntryType>(entry.path[base]));) {
      base = element_end(entry.path, base) + field_end_bytes;
      containers[entry.path.substr(0, base)].push_back(entry);
    }
  }
  for (const auto& [base, entries] : containers) check_container(partition, key, base, entries);
}

void Model::check_container(const Partition& partition, const Bytes& key, const Bytes& base,
                            const std::vector<Entry>& entries) {
  std::vector<Entry> found;
  REQUIRE(partition.scan(key, base, [&](const EntryView& entry) {
    found.push_back({key, Bytes(entry.path), entry.dot, Bytes(entry.payload)});
    return true;
  }));
  REQUIRE(found == entries);
  std::map<Bytes, std::vector<Entry>> elements;
  std::set<Bytes> tallies;
  std::set<Bytes> expiries;
  std::map<Bytes, int> requests;
  for (const Entry& entry : entries) {
    const auto head = *parse_path(entry.path);
    elements[entry.path.substr(0, element_end(entry.path, base.size()))].push_back(entry);
    if (is_tally(head)) tallies.insert(entry.path);
    if (head.type == EntryType::expiry && head.base == base.size()) expiries.insert(entry.path);
    if (head.part == Part::request && head.base == base.size()) ++requests[entry.path];
  }
  std::map<EntryType, std::uint64_t> live;
  std::map<EntryType, std::vector<Bytes>> orders;
  for (const auto& [name, element] : elements) {
    const auto type = static_cast<EntryType>(name[base.size()]);
    if (!lives(element, base.size())) continue;
    ++live[type];
    orders[type].push_back(*order_key(views_of(element), base.size()));
  }
  ObjectSummary summary;
  REQUIRE(partition.summary(key, base, summary));
  REQUIRE(std::map<EntryType, std::uint64_t>(summary.live.begin(), summary.live.end()) == live);
  REQUIRE(summary.tallies == tallies.size());
  REQUIRE(summary.expiries == expiries.size());
  REQUIRE(summary.duplicate_requests ==
          static_cast<std::uint64_t>(
              std::count_if(requests.begin(), requests.end(), [](auto& row) { return row.second > 1; })));
  for (auto& [type, keys] : orders) check_order(partition, {key, base, type}, std::move(keys));
}

void Model::check_order(const Partition& partition, const Place& place, std::vector<Bytes> keys) {
  std::sort(keys.begin(), keys.end());
  ElementOrder scratch;
  const auto order = partition.order(place, scratch);
  REQUIRE(order);
  std::vector<Bytes> found;
  (*order)->visit(0, [&found](BytesView key) {
    found.emplace_back(key);
    return true;
  });
  REQUIRE(found == keys);
  REQUIRE((*order)->size() == keys.size());
}

Bytes History::key() {
  static const std::vector<Bytes> keys = {"a",
                                          "ab",
                                          Bytes("a\0", 2),
                                          Bytes("a\0b", 3),
                                          "b",
                                          Bytes(448, 'k'),
                                          Bytes(449, 'k'),
                                          Bytes(1024, 'k'),
                                          Bytes(1023, 'k') + 'j',
                                          Bytes(1000, '\0')};
  return keys[random_.below(keys.size())];
}

Bytes History::path() {
  static constexpr EntryType types[] = {EntryType::map, EntryType::map, EntryType::list,
                                        EntryType::sorted_set, EntryType::remove_wins_set};
  static const std::vector<Bytes> fields = {
      "f", "f", "fg", "", Bytes("f\0", 2), Bytes("f\0\0g", 4), Bytes(450, 'f'), Bytes(150, '\0')};
  Bytes base;
  const std::uint64_t depth = random_.chance(1, 2) ? 0 : 1 + random_.below(3);
  for (std::uint64_t i = 0; i < depth; ++i) {
    const EntryType type = types[random_.below(std::size(types))];
    base = Place{{}, base, type}.base_in(
        fields[random_.chance(1, 3) ? random_.below(fields.size()) : random_.below(3)]);
  }
  return base + flat_path(depth > 0);
}

Bytes History::flat_path(bool in_field) {
  static const std::vector<Bytes> subkeys = {"",
                                             "m",
                                             "mn",
                                             Bytes("m\0", 2),
                                             Bytes("m\0\0n", 4),
                                             "z",
                                             Bytes(440, 'p'),
                                             Bytes(446, 'p'),
                                             Bytes(447, 'p'),
                                             Bytes(600, 'p'),
                                             Bytes(445, 'p') + Bytes("\0\0p", 3),
                                             Bytes(445, 'p') + Bytes("\0", 1),
                                             Bytes(445, 'p') + '\x01',
                                             Bytes(600, 'p') + 'q',
                                             Bytes(300, '\0')};
  const Bytes& subkey = subkeys[random_.below(subkeys.size())];
  switch (random_.below(8)) {
    case 0: return make_path(EntryType::string, Part::request, subkey.substr(0, 2));
    case 1: return make_path(in_field ? EntryType::string : EntryType::marker, Part::value);
    case 4: return make_path(in_field ? EntryType::string : EntryType::expiry, Part::value);
    case 2: return make_path(EntryType::counter, Part::cell, subkey);
    case 3: return make_path(EntryType::string, Part::forgotten, subkey);
    default: return make_path(EntryType::set, Part::value, subkey);
  }
}

EventDraft History::stamped(const Model& model) {
  EventDraft event;
  // Numbers that sort otherwise than the actors come: interning must not show.
  const ActorId actor{std::uint64_t{1} + (random_.below(5) * 0x7777777777777777U) % 1000003U};
  event.dot = {actor, model.clock().counter(actor) + 1};
  event.hlc.value = random_.next() >> 16U;
  for (const auto& [other, counter] : model.clock().rows()) {
    if (other != actor && random_.chance(1, 3)) event.deps.raise({other, 1 + random_.below(counter)});
  }
  return event;
}

/// Of an object, of a field, or of anything.
Bytes History::prefix_of(const Bytes& path) {
  const std::size_t base = parse_path(path)->base;
  switch (random_.below(4)) {
    case 0: return path.substr(0, random_.below(path.size() + 1));
    case 1: return path.substr(0, random_.below(3));
    case 2: return path.substr(0, base);
    default: return {};
  }
}

Drafted History::mutation(const Model& model, std::set<std::pair<Bytes, Bytes>>& inserted) {
  const Bytes at = key();
  if (random_.chance(1, 25)) {
    VersionVector observed = model.clock();
    if (random_.chance(1, 2)) {
      VersionVector some;
      for (const auto& [actor, counter] : observed.rows()) some.raise({actor, random_.below(counter + 1)});
      observed = some;
    }
    return RangeRemoval{at, prefix_of(path()), observed};
  }
  Update update{at, path(), std::nullopt, {}};
  for (const Entry& entry : model.entries()) {
    if (entry.key == at && entry.path == update.path && random_.chance(2, 3))
      update.supersedes.push_back(entry.dot);
  }
  if (random_.chance(3, 4) && inserted.insert({update.key, update.path}).second) {
    update.payload = "payload " + std::to_string(++payloads_) + Bytes(random_.below(40), 'x');
    const bool is_flag = has_fields(static_cast<EntryType>(update.path[0])) && random_.chance(1, 3);
    if (is_flag) update.payload = Bytes(1, random_.chance(1, 3) ? '\0' : '\1');
  }
  return update;
}

EventDraft History::next(const Model& model) {
  EventDraft event = stamped(model);
  std::set<std::pair<Bytes, Bytes>> inserted;
  const std::uint64_t mutations = random_.chance(1, 4) ? random_.below(4) : 1;
  for (std::uint64_t i = 0; i < mutations; ++i) event.mutations.push_back(mutation(model, inserted));
  return event;
}

EventDraft History::next_large(const Model& model, std::size_t bytes) {
  EventDraft event = stamped(model);
  event.mutations.push_back(Update{key(), path(), Bytes(bytes, 'L'), {}});
  return event;
}

}  // namespace causeway::testing
