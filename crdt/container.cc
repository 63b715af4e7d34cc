#include "crdt/container.h"

#include <algorithm>

#include "crdt/flag.h"
#include "crdt/scan_cursor.h"
#include "crdt/sorted_set.h"

namespace causeway {
namespace {

EntryType type_at(const EntryView& entry, std::size_t base) {
  return static_cast<EntryType>(entry.path[base]);
}

bool has_path(const EntryView& entry, BytesView path) {
  return entry.path.size() == path.size() && begins_with(entry.path, path);
}

/// Visits the entries of an element path by path: whether to go on.
template <class Visit>
void each_path(std::span<const EntryView> entries, Visit visit) {
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t end = i + 1;
    while (end < entries.size() && has_path(entries[end], entries[i].path)) ++end;
    if (!visit(entries.subspan(i, end - i))) return;
    i = end;
  }
}

/// How many entries the element has that the first belongs to.
std::size_t element_size(std::span<const EntryView> entries, std::size_t base) {
  const BytesView name = entries.front().path.substr(0, element_end(entries.front().path, base));
  const bool is_field = has_fields(type_at(entries.front(), base));
  std::size_t size = 1;
  while (size < entries.size() && entries[size].path.starts_with(name) &&
         (is_field ? element_end(entries[size].path, base) : entries[size].path.size()) == name.size()) {
    ++size;
  }
  return size;
}

/// Whether the entries at one path make what they stand in live, at all depths: a member of a remove-wins set that is removed
/// does not. The path is taken from its byte `base` on; if that is in a field, it is one of a value of this type.
bool is_live_path(EntryType type, std::span<const EntryView> at_path, std::size_t base) {
  const auto head = parse_path(at_path.front().path.substr(base));
  if (!head || !is_live(*head)) return false;
  if ((head->base > 0 ? head->within : type) != EntryType::remove_wins_set) return true;
  FlagState flag;  // adds enable, and removes disable
  for (const EntryView& entry : at_path) flag.add(entry.payload);
  return flag.value(EntryType::disable_flag);
}

bool lives(EntryType type, std::span<const EntryView> entries, std::size_t base) {
  bool lives = false;
  each_path(entries, [&](std::span<const EntryView> at_path) {
    lives = is_live_path(type, at_path, base);
    return !lives;
  });
  return lives;
}

/// Counts the field that the first entry belongs to; how many entries it has.
template <class AddLive>
std::size_t summarize_field(std::span<const EntryView> entries, std::size_t base, ObjectSummary& summary,
                            AddLive add_live) {
  const auto element = entries.first(element_size(entries, base));
  each_path(element, [&](std::span<const EntryView> at_path) {
    const auto head = parse_path(at_path.front().path);
    if (head && is_tally(*head)) ++summary.tallies;
    return true;
  });
  if (is_live_element(element, base)) add_live(type_at(element.front(), base));
  return element.size();
}

}  // namespace

std::span<const EntryView> below(std::span<const EntryView> entries, BytesView base) {
  if (base.empty()) return entries;
  const auto begin = std::lower_bound(entries.begin(), entries.end(), base,
                                      [](const EntryView& entry, BytesView at) { return entry.path < at; });
  const auto end = std::find_if(begin, entries.end(),
                                [&](const EntryView& entry) { return !entry.path.starts_with(base); });
  return {begin, end};
}

void each_element(std::span<const EntryView> entries, std::size_t base,
                  FunctionRef<void(std::span<const EntryView> element)> visit) {
  while (!entries.empty()) {
    const std::size_t size = element_size(entries, base);
    visit(entries.first(size));
    entries = entries.subspan(size);
  }
}

bool is_live_element(std::span<const EntryView> element, std::size_t base) {
  return lives(EntryType::marker, element, base);
}

bool is_live_field(EntryType type, std::span<const EntryView> entries) { return lives(type, entries, 0); }

void summarize(std::span<const EntryView> entries, std::size_t base, ObjectSummary& summary) {
  const auto add_live = [&](EntryType type) {
    // Paths begin with their types: these come in order.
    if (summary.live.empty() || summary.live.back().first != type) summary.live.emplace_back(type, 0);
    ++summary.live.back().second;
  };
  for (std::size_t i = 0; i < entries.size();) {
    if (has_fields(type_at(entries[i], base))) {
      i += summarize_field(entries.subspan(i), base, summary, add_live);
      continue;
    }
    std::size_t end = i + 1;
    while (end < entries.size() && has_path(entries[end], entries[i].path)) ++end;
    const auto head = parse_path(entries[i].path.substr(base));
    if (head && is_live(*head)) add_live(head->type);
    if (head && is_tally(*head)) ++summary.tallies;
    if (head && head->type == EntryType::expiry) ++summary.expiries;
    if (head && head->part == Part::request && end - i >= 2) ++summary.duplicate_requests;
    i = end;
  }
}

void count_element(ObjectSummary& summary, EntryType type, bool lives) {
  auto at = summary.live.begin();
  while (at != summary.live.end() && at->first < type) ++at;
  if (at == summary.live.end() || at->first != type) at = summary.live.insert(at, {type, 0});
  at->second += lives ? 1 : std::uint64_t{0} - 1;
  if (at->second == 0) summary.live.erase(at);
}

std::optional<Bytes> order_key(std::span<const EntryView> element, std::size_t base) {
  if (!is_live_element(element, base)) return std::nullopt;
  const BytesView path = element.front().path;
  const std::size_t end = element_end(path, base);
  Bytes key = order_key_by_name(path.substr(base, end - base));
  if (type_at(element.front(), base) != EntryType::sorted_set) return key;
  return score_key(score_of(element, path.substr(0, end + field_end_bytes))).append(key);
}

Bytes order_key_by_name(BytesView name) {
  const BytesView bytes = name.substr(2);
  return has_order(static_cast<EntryType>(name[0])) ? Bytes(bytes) : scan_key(bytes);
}

void order_elements(std::span<const EntryView> entries, const Place& place, ElementOrder& order) {
  each_element(entries, place.base.size(), [&](std::span<const EntryView> element) {
    if (type_at(element.front(), place.base.size()) != place.type) return;
    if (const auto key = order_key(element, place.base.size())) order.insert(*key);
  });
}

namespace {

/// Entries that were visited, kept.
struct Kept {
  std::vector<Entry> owned;
  std::vector<EntryView> views;

  Result<void> read(const EntryReader& entries, BytesView key, BytesView prefix) {
    CW_TRY_VOID(entries.scan(key, prefix, [&](const EntryView& entry) {
      owned.push_back({{}, Bytes(entry.path), entry.dot, Bytes(entry.payload)});
      return true;
    }));
    for (const Entry& entry : owned) views.push_back({entry.path, entry.dot, entry.payload});
    return {};
  }
};

}  // namespace

Result<void> read_order(const EntryReader& entries, const Place& place, ElementOrder& order) {
  Kept kept;
  CW_TRY_VOID(kept.read(entries, place.key, Bytes(place.base) + static_cast<char>(place.type)));
  order_elements(kept.views, place, order);
  return {};
}

Result<void> read_summary(const EntryReader& entries, BytesView key, BytesView base, ObjectSummary& summary) {
  Kept kept;
  CW_TRY_VOID(kept.read(entries, key, base));
  summarize(kept.views, base.size(), summary);
  return {};
}

}  // namespace causeway
