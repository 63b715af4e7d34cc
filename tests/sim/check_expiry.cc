// Objects that expire are removed when they have ended, not before, and an expiry that is longer and was accepted is not lost.
#include <algorithm>

#include "tests/sim/checks.h"
#include "tests/sim/oracle.h"
#include "tests/sim/oracle_expiry.h"

namespace causeway::testing {
namespace {

const Bytes expiring = "due";  // keys that nothing but their expiry removes
/// A node whose clock was set back acts by the time that it had told before, which its stamps need not have reached.
constexpr std::uint64_t clock_error_ms = 5'000;

const RangeRemoval* removal_in(const KnownEvent& known) {
  for (const Drafted& mutation : known.event.mutations) {
    const auto* removal = std::get_if<RangeRemoval>(&mutation);
    if (removal != nullptr && removal->prefix.empty() && removal->key.starts_with(expiring)) return removal;
  }
  return nullptr;
}

/// It was issued by who removes what has ended: nothing begins anew.
bool only_removes(const KnownEvent& known) {
  return std::none_of(
      known.event.mutations.begin(), known.event.mutations.end(), [](const Drafted& mutation) {
        const auto* update = std::get_if<Update>(&mutation);
        return update != nullptr && update->payload && parts_of(update->path).part != Part::forgotten;
      });
}

/// For those who saw this much.
std::optional<Ending> ending_by(EventBook& book, const VersionVector& clock, const Bytes& key) {
  const auto objects = stories_of(book, clock);
  const auto object = objects.find(key);
  if (object == objects.end()) return std::nullopt;
  const auto type = expected_of(book, object->second).type.value_or(EntryType::marker);
  return ending_of(object->second, type, object->second.clears);
}

/// Nothing but removals of expiries of one key, those that say nothing any more.
const Update* tidies(const KnownEvent& known) {
  for (const Drafted& mutation : known.event.mutations) {
    const auto* update = std::get_if<Update>(&mutation);
    if (update == nullptr || update->payload || parts_of(update->path).type != EntryType::expiry)
      return nullptr;
  }
  return known.event.mutations.size() == 1 ? std::get_if<Update>(&known.event.mutations.front()) : nullptr;
}

/// An expiry that the removal did not see, nor it the removal, lets one of the values last longer.
const KnownEvent* lost_by(EventBook& book, const KnownEvent& removal, const Bytes& key,
                          const Ending& ending) {
  const KnownEvent* lost = nullptr;
  book.each([&](const KnownEvent& other) {
    if (other.excused || other.past.covers(removal.event.dot) || removal.past.covers(other.event.dot)) return;
    for (const Drafted& mutation : other.event.mutations) {
      const auto* update = std::get_if<Update>(&mutation);
      if (update == nullptr || update->key != key || !update->payload) continue;
      if (parts_of(update->path).type != EntryType::expiry) continue;
      const SetExpiry expiry = expiry_of(*update->payload);
      if (expiry.at_ms <= *ending.at_ms) continue;
      const bool concerns = std::any_of(ending.values.begin(), ending.values.end(), [&](const Dot& value) {
        return std::find(expiry.on.begin(), expiry.on.end(), value) != expiry.on.end();
      });
      if (concerns) lost = &other;
    }
  });
  return lost;
}

}  // namespace

void check_expiries(EventBook& book, bool alone, Verdict& verdict) {
  std::vector<const KnownEvent*> removals;
  std::vector<const KnownEvent*> tidyings;
  book.each([&](const KnownEvent& known) {
    if (removal_in(known) != nullptr) removals.push_back(&known);
    if (!alone && tidies(known) != nullptr) tidyings.push_back(&known);
  });
  for (const KnownEvent* known : removals) {
    const Bytes& key = removal_in(*known)->key;
    const std::string what = book.name() + ": " + to_text(known->event.dot) + " removes " + key;
    const auto ending = ending_by(book, known->past, key);
    if (!ending || !ending->at_ms || *ending->at_ms > known->event.hlc.milliseconds() + clock_error_ms)
      return verdict.blame("expiry", what + ", which has not ended");
    if (!only_removes(*known)) continue;
    if (const KnownEvent* lost = lost_by(book, *known, key, *ending))
      return verdict.blame("expiry",
                           what + ", which " + to_text(lost->event.dot) + " had made to last longer");
  }
  for (const KnownEvent* known : tidyings) {
    const Bytes& key = tidies(*known)->key;
    VersionVector after = known->past;
    after.raise(known->event.dot);
    if (ending_by(book, known->past, key)->at_ms != ending_by(book, after, key)->at_ms)
      return verdict.blame("expiry",
                           book.name() + ": " + to_text(known->event.dot) + " changes when " + key + " ends");
  }
}

}  // namespace causeway::testing
