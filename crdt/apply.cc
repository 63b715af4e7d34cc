#include "crdt/apply.h"

#include <algorithm>
#include <iterator>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

Result<void> erase_superseded(const Update& update, const EntryReader& entries, std::vector<Entry>& erased) {
  const bool all = planted(Plant::remove_unobserved) && !update.payload;
  if (update.supersedes.empty() && !planted(Plant::losing_sibling_dropped)) return {};
  return scan_exact(entries, update.key, update.path, [&](const EntryView& entry) {
    if (planted(Plant::superseded_kept) && !erased.empty()) return;
    const bool loses = planted(Plant::losing_sibling_dropped) && update.payload &&
                       Reader(entry.payload).u64() < Reader(*update.payload).u64();
    if (all || loses ||
        std::find(update.supersedes.begin(), update.supersedes.end(), entry.dot) != update.supersedes.end()) {
      erased.push_back({update.key, update.path, entry.dot, Bytes(entry.payload)});
    }
  });
}

Result<void> erase_range(const RangeRemoval& removal, const EntryReader& entries,
                         std::vector<Entry>& erased) {
  return entries.scan(removal.key, removal.prefix, [&](const EntryView& entry) {
    const auto head = parse_path(entry.path);
    const bool is_request = head && head->part == Part::request;
    if (!is_request && (removal.observed.covers(entry.dot) || planted(Plant::range_removal_unobserved))) {
      erased.push_back({removal.key, Bytes(entry.path), entry.dot, Bytes(entry.payload)});
    }
    return true;
  });
}

}  // namespace

Result<Effects> effects_of(const Event& event, const EntryReader& entries) {
  Effects effects;
  for (const Mutation& mutation : event.mutations) {
    if (const auto* update = std::get_if<Update>(&mutation)) {
      CW_TRY_VOID(erase_superseded(*update, entries, effects.erased));
      if (update->payload)
        effects.inserted.push_back({update->key, update->path, event.dot, *update->payload});
    } else {
      CW_TRY_VOID(erase_range(std::get<RangeRemoval>(mutation), entries, effects.erased));
    }
  }
  // A range removal and an update of one event may both name an entry.
  std::sort(effects.erased.begin(), effects.erased.end());
  effects.erased.erase(std::unique(effects.erased.begin(), effects.erased.end()), effects.erased.end());
  return effects;
}

std::vector<Entry> merge(const std::vector<Entry>& ours, const VersionVector& our_clock,
                         const std::vector<Entry>& theirs, const VersionVector& their_clock) {
  std::vector<Entry> both;
  std::set_intersection(ours.begin(), ours.end(), theirs.begin(), theirs.end(), std::back_inserter(both));
  const auto keep_unseen = [&both](const std::vector<Entry>& from, const VersionVector& other_clock) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(both),
                 [&](const Entry& entry) { return !other_clock.covers(entry.dot); });
  };
  keep_unseen(ours, their_clock);
  keep_unseen(theirs, our_clock);
  std::sort(both.begin(), both.end());
  both.erase(std::unique(both.begin(), both.end()), both.end());
  return both;
}

}  // namespace causeway
