#include "tests/sim/run.h"

#include <algorithm>

#include "base/hash.h"
#include "tests/sim/check_forgotten.h"
#include "tests/sim/checks.h"
#include "tests/sim/client.h"
#include "tests/sim/injector.h"

namespace causeway::testing {
namespace {

constexpr Micros backlog_max = 5s;   ///< after the last step, while faults last
constexpr Micros rest_max = 60s;     ///< until clients have done what is left, without faults
constexpr Micros tail = 1s;          ///< for what clients gave up and is under way, and for repairs to begin
constexpr Micros serving_max = 30s;  ///< after the faults
constexpr Micros converging_max = 60s;
constexpr Micros draining_max = 60s;
constexpr Micros forgetting_max = 600s;
constexpr std::uint64_t forgetting_every = 4;  ///< so many runs
constexpr Micros all_ended = 20s;              ///< what expires soon has then, however the clocks are set
constexpr Micros all_expired =
    108'000s;  ///< after so long nothing is left of what was promised for some time

class Run {
 public:
  Run(const Plan& plan, const Log& log)
      : plan_(plan),
        log_(log),
        cluster_(plan.topology, plan.seed, plan.network, plan.disks),
        witness_(cluster_, verdict_),
        injector_(cluster_, verdict_) {
    for (std::size_t i = 0; i < plan.clients; ++i)
      clients_.emplace_back(cluster_, history_, i, plan, verdict_);
    witness_.on_stop = [this](NodeId node, const Error& why) {
      say(cluster_.configuration().node(node)->name + " stopped itself: " + to_string(why));
      injector_.stopped(node);
    };
    if (log) {
      witness_.on_delivery = [this](NodeId from, NodeId to, const PeerMessage& message) {
        say(cluster_.configuration().node(from)->name + " > " + cluster_.configuration().node(to)->name +
            " message " + std::to_string(message.index()));
      };
    }
  }

  Outcome operator()(const std::vector<Step>& steps) {
    act(steps);
    if (!verdict_.failed()) settle();
    if (!verdict_.failed()) judge();
    return outcome();
  }

 private:
  void say(const std::string& what) const {
    if (log_) log_(std::to_string(cluster_.now().time_since_epoch().count()) + " us: " + what);
  }

  void act(const std::vector<Step>& steps) {
    if (!cluster_.run_until_serving())
      return verdict_.blame("founding", "the founded cluster does not serve");
    const MonoTime begun = cluster_.now();
    for (const Step& step : steps) {
      if (begun + step.at > cluster_.now()) cluster_.run_for(begun + step.at - cluster_.now());
      if (verdict_.failed()) return;
      say(to_string(step));
      if (const auto* batch = std::get_if<Batch>(&step.what)) {
        clients_[batch->client].take(*batch);
      } else {
        injector_.inject(std::get<Fault>(step.what));
      }
    }
    cluster_.run_until([this] { return verdict_.failed() || at_rest(); }, backlog_max, 20ms);
  }

  [[nodiscard]] bool at_rest() const {
    return std::all_of(clients_.begin(), clients_.end(), [](const Client& client) { return client.idle(); });
  }

  void settle() {
    injector_.end();
    const MonoTime begun = cluster_.now();
    if (!cluster_.run_until([this] { return verdict_.failed() || at_rest(); }, rest_max, 20ms))
      return verdict_.blame("clients", "a client does not come to an end");
    const bool serving = cluster_.run_until_serving(serving_max);
    if (!serving && (!injector_.obey() || !cluster_.run_until_serving(serving_max))) {
      return verdict_.blame("serving again", who_does_not_serve());
    }
    converge();
    converged_after_ = cluster_.now() - begun;
    witness_.scrub();
    cluster_.run_for(tail);
    if (!cluster_.run_until_serving(serving_max)) return verdict_.blame("repaired", who_does_not_serve());
    converge();
    if (verdict_.failed()) return;
    const bool drained = cluster_.run_until(
        [this] { return verdict_.failed() || who_has_not_drained().empty(); }, draining_max, 250ms);
    if (!drained) return verdict_.blame("drained", who_has_not_drained());
    forget();
    pass_ends();
    converge();
  }

  /// Until all that expires soon has, by all clocks.
  void pass_ends() {
    const bool expires = std::any_of(history_.begin(), history_.end(),
                                     [](const Done& done) { return done.draft.meaning.expires; });
    if (expires) cluster_.run_for(all_ended);
  }

  /// With clocks that are far ahead all that may be forgotten is, in some of the runs: it takes its time.
  void forget() {
    if (verdict_.failed() || plan_.seed % forgetting_every != 0) return;
    for (const NodeId id : cluster_.configuration().nodes())
      cluster_.skew(cluster_.configuration().node(id)->name, all_expired);
    const bool forgotten = cluster_.run_until(
        [this] { return verdict_.failed() || still_there(cluster_).empty(); }, forgetting_max, 1s);
    if (!forgotten) verdict_.blame("forgotten", still_there(cluster_));
  }

  void converge() {
    const bool equal = cluster_.run_until([this] { return verdict_.failed() || cluster_.unequal().empty(); },
                                          converging_max, 20ms);
    if (!equal) verdict_.blame("convergence", cluster_.unequal());
  }

  std::string who_does_not_serve() {
    for (const NodeId id : cluster_.configuration().nodes()) {
      const NodeStatus status = cluster_.status(cluster_.configuration().node(id)->name);
      if (!status.ready) return status.node + " does not serve: " + status.reason;
    }
    return "";
  }

  /// Logs keep what is in their newest segment, a spare one, and little else once all members have all.
  std::string who_has_not_drained() {
    for (const NodeId id : cluster_.configuration().nodes()) {
      const std::string& name = cluster_.configuration().node(id)->name;
      const std::uint64_t bytes = cluster_.log(name).bytes_used();
      if (bytes > 4 * plan_.disks.log.segment_bytes)
        return name + " keeps " + std::to_string(bytes) + " bytes of log";
    }
    return "";
  }

  void judge() {
    if (const auto what = cluster_.unequal(); !what.empty()) verdict_.blame("convergence", what);
    witness_.check_derived();
    witness_.check_nothing_lost();
    Deeds deeds;
    for (std::uint32_t id = 0; id < cluster_.placement().partitions(); ++id)
      add_deeds(witness_.book(PartitionId{id}), deeds);
    const Evidence evidence{history_, deeds, cluster_.configuration(), witness_.losses()};
    check_acknowledged(evidence, verdict_);
    check_sessions(evidence, verdict_);
    check_reads(evidence, verdict_);
    for (std::uint32_t id = 0; id < cluster_.placement().partitions(); ++id) {
      check_lists(witness_.book(PartitionId{id}), history_, verdict_);
      const bool alone = cluster_.placement().all_replicas(PartitionId{id}).size() == 1;
      check_expiries(witness_.book(PartitionId{id}), alone, verdict_);
    }
    check_oracle(cluster_, witness_, verdict_);
  }

  Outcome outcome() {
    Outcome outcome;
    outcome.failure = verdict_.first();
    outcome.trace = cluster_.trace();
    for (const Done& done : history_) {
      const std::string line = std::to_string(done.ended.time_since_epoch().count()) +
                               std::to_string(static_cast<int>(done.outcome));
      outcome.trace = hash64(line, outcome.trace);
      if (done.ok()) ++outcome.acknowledged;
      for (const ErrorCode code : done.errors) ++outcome.errors[std::string(name_of(code))];
    }
    outcome.events = witness_.events();
    outcome.messages = cluster_.delivered();
    outcome.ops = history_.size();
    outcome.faults = injector_.counts();
    outcome.converged_after = converged_after_;
    outcome.virtual_time = cluster_.now().time_since_epoch();
    if (log_) {
      for (const auto& notice : cluster_.notices()) log_("notice: " + notice);
    }
    return outcome;
  }

  const Plan& plan_;
  const Log& log_;
  Verdict verdict_;
  History history_;
  Cluster cluster_;
  Witness witness_;
  Injector injector_;
  std::deque<Client> clients_;
  Micros converged_after_{0};
};

}  // namespace

Outcome run(const Plan& plan, const std::vector<Step>& steps, const Log& log) {
  return Run(plan, log)(steps);
}

}  // namespace causeway::testing
