#include "crdt/apply.h"

#include <algorithm>
#include <iterator>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

bool takes_superseded(const Event& event, const Mutation& mutation, const EntryView& entry) {
  if (entry.path.size() != mutation.path.size() || !begins_with(entry.path, mutation.path)) return false;
  const auto dots = event.supersedes(mutation);
  if (planted(Plant::remove_unobserved) && mutation.form == MutationForm::remove) return true;
  if (planted(Plant::losing_sibling_dropped) && mutation.form == MutationForm::insert &&
      Reader(entry.payload).u64() < Reader(mutation.payload).u64())
    return true;
  if (planted(Plant::superseded_kept) && dots.size() > 1) return entry.dot == dots.front();
  return std::find(dots.begin(), dots.end(), entry.dot) != dots.end();
}

bool takes_in_range(const Event& event, const Mutation& mutation, const EntryView& entry) {
  if (!entry.path.starts_with(mutation.path)) return false;
  const auto head = parse_path(entry.path);
  if (head && head->part == Part::request) return false;  // wherever it stands
  return event.observed(mutation).covers(entry.dot) || planted(Plant::range_removal_unobserved);
}

}  // namespace

bool takes(const Event& event, const Mutation& mutation, const EntryView& entry) {
  return mutation.form == MutationForm::range ? takes_in_range(event, mutation, entry)
                                              : takes_superseded(event, mutation, entry);
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
