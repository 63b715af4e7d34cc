#include "tests/sim/checks.h"

#include <algorithm>
#include <set>

#include "tests/sim/told.h"

namespace causeway::testing {

namespace {

std::uint32_t majority(std::size_t of) { return static_cast<std::uint32_t>(of / 2 + 1); }

/// At least so many replicas in all.
std::size_t total_of(const Level& level, const Done& done, const Configuration& configuration) {
  std::size_t all = 0;
  std::size_t each = 0;
  for (const DcId id : configuration.datacenters()) {
    all += configuration.datacenter(id)->replicas;
    each += majority(configuration.datacenter(id)->replicas);
  }
  switch (level.kind) {
    case Level::Kind::one:
    case Level::Kind::local_one: return 1;
    case Level::Kind::two: return 2;
    case Level::Kind::three: return 3;
    case Level::Kind::quorum: return majority(all);
    case Level::Kind::local_quorum: return majority(configuration.datacenter(done.datacenter)->replicas);
    case Level::Kind::each_quorum: return each;
    case Level::Kind::all: return all;
    case Level::Kind::count: return level.replicas;
  }
  return 0;
}

/// At least so many replicas in this datacenter.
std::size_t count_in(DcId id, const Level& level, const Done& done, const Configuration& configuration) {
  const std::size_t replicas = configuration.datacenter(id)->replicas;
  switch (level.kind) {
    case Level::Kind::local_one: return id == done.datacenter ? 1 : 0;
    case Level::Kind::local_quorum: return id == done.datacenter ? majority(replicas) : 0;
    case Level::Kind::each_quorum: return majority(replicas);
    case Level::Kind::all: return replicas;
    default: return 0;
  }
}

/// An addition names all its members in one event, also those that are there; where it need not, its issuer had seen them added.
bool adds_all(const Done& done, const Deeds& deeds, const Who& events) {
  const Meaning& meaning = done.draft.meaning;
  if (meaning.kind != Meaning::Kind::add) return true;
  return std::all_of(meaning.names.begin(), meaning.names.end(), [&](const Bytes& name) {
    const Who& adding = at(deeds.said, {done.key(), meaning.where, name});
    return std::all_of(events.begin(), events.end(), [&](const KnownEvent* event) {
      return std::any_of(adding.begin(), adding.end(), [&](const KnownEvent* add) {
        return add == event || (!meaning.adds_anew && event->past.covers(add->event.dot));
      });
    });
  });
}

/// Whether so many replicas had it when it was acknowledged.
bool has_reached_level(const Done& done, const KnownEvent& event, const Configuration& configuration) {
  std::size_t all = 0;
  std::map<DcId, std::size_t> in;
  for (const auto& [node, since] : event.covered) {
    if (since > done.ended) continue;
    ++all;
    ++in[configuration.datacenter_of(node)->id];
  }
  const auto& datacenters = configuration.datacenters();
  return all >= total_of(done.draft.level, done, configuration) &&
         std::all_of(datacenters.begin(), datacenters.end(),
                     [&](DcId id) { return in[id] >= count_in(id, done.draft.level, done, configuration); });
}

}  // namespace

void check_acknowledged(const Evidence& evidence, Verdict& verdict) {
  for (const Done& done : evidence.history) {
    if (!inserts(done) && !is_recognisable(done)) continue;
    const Who& events = events_of(done, evidence.deeds);
    const Who makers = makers_of(done, evidence.deeds);
    if (done.ok() && makers.empty() && !done.draft.meaning.may_do_nothing)
      verdict.blame("acknowledged", told(done) + ": acknowledged, and no log ever had it");
    if (!is_recognisable(done)) continue;
    if (done.outcome == Done::Outcome::refused && !events.empty()) {
      verdict.blame("refused", told(done) + ": refused, and done all the same");
    }
    if (done.draft.meaning.counts && !done.request_id && events.size() > 1) {
      verdict.blame("once", told(done) + ": done " + std::to_string(events.size()) + " times");
    }
    if (!done.ok() || makers.empty()) continue;
    if (!adds_all(done, evidence.deeds, events))
      verdict.blame("acknowledged", told(done) + ": not all of it was done");
    const bool safe = std::any_of(makers.begin(), makers.end(), [&](const KnownEvent* event) {
      return has_reached_level(done, *event, evidence.configuration);
    });
    if (!safe) verdict.blame("level", told(done) + ": acknowledged before enough replicas had it");
  }
}

namespace {

std::size_t losses_between(const Done& write, const Done& read, const Evidence& evidence,
                           std::optional<DcId> in) {
  std::set<NodeId> nodes;
  for (const auto& [node, at] : evidence.losses) {
    const bool there = !in || evidence.configuration.datacenter_of(node)->id == *in;
    if (there && at >= write.began && at <= read.ended) nodes.insert(node);
  }
  return nodes.size();
}

}  // namespace

bool intersect(const Done& write, const Done& read, const Evidence& evidence) {
  const Configuration& configuration = evidence.configuration;
  const Level& w = write.draft.level;
  const Level& r = read.draft.level;
  std::size_t all = 0;
  for (const DcId id : configuration.datacenters()) {
    const std::size_t replicas = configuration.datacenter(id)->replicas;
    all += replicas;
    const std::size_t written = count_in(id, w, write, configuration);
    if (written + count_in(id, r, read, configuration) <= replicas) continue;
    if (written >= majority(replicas) && losses_between(write, read, evidence, id) < majority(replicas))
      return true;
    if (losses_between(write, read, evidence, id) == 0) return true;
  }
  if (total_of(w, write, configuration) + total_of(r, read, configuration) <= all) return false;
  return losses_between(write, read, evidence, std::nullopt) == 0;
}

}  // namespace causeway::testing
