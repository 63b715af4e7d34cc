// May this node go on under its old actor? It asks every member what is known of it, claims an actor with a new incarnation,
// and goes on once a quorum of its datacenter, which are the first shards of its nodes, has recorded the claim durably. A node that
// cannot prove that it lost nothing takes a new actor, and serves only after it has recovered (dc/recovery.h).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "dc/site.h"
#include "storage/identity.h"

namespace causeway {

class Identification {
 public:
  enum class Stage { asking, claiming, recovering, serving, refused };
  /// What a node may have lost, the worse the higher.
  enum class Loss {
    none,
    events,    ///< the newest: what is stored is a prefix of what it had
    restored,  ///< its folder is an older copy
    wiped,     ///< its folder is empty
  };

  struct Start {
    Identity last;  ///< as the folder has it; for an empty one incarnation 0, and for a founder a new actor
    bool founding = false;
    Loss loss = Loss::none;  ///< as far as the folder tells
    ActorId fresh_actor;     ///< to be taken after a loss
    bool durable_sync = false;
    Bytes boot_id;
  };

  Identification(Site& site, Start start, MonoTime now);
  /// The claims of others that are recorded here.
  Result<void> load();

  void on(NodeId from, const HelloReply& reply);
  void on(NodeId from, const ClaimReply& reply);
  /// Others ask and claim; these are answered in whatever stage.
  void on(NodeId from, const Hello& hello);
  /// True if a node has lost something: its actor of before has ended.
  Result<bool> on(NodeId from, const Claim& claim);

  /// An empty folder belongs to the cluster of the first member that is heard.
  void join(std::uint64_t cluster) { start_.last.cluster = cluster; }
  /// Recovery is complete: it may serve. Errors: that could not be stored; final.
  Result<void> recovered();
  /// A member has an event of this node's actor that this node does not have. True if it can still take another.
  bool lost_own(const std::string& why);
  /// Final: it serves no more, for this reason.
  void refuse(std::string reason);

  /// Asks, claims and repeats what was not answered. Errors: the claim could not be stored; final.
  Result<void> tick(MonoTime now);

  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] bool serving() const { return stage_ == Stage::serving; }
  [[nodiscard]] Loss loss() const { return start_.loss; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const Claimed& claimed() const { return claimed_; }
  [[nodiscard]] std::optional<MonoTime> wake_at() const;
  /// The record that a clean end leaves.
  [[nodiscard]] Identity record(bool clean) const;

 private:
  void lost(Loss loss, const std::string& why);
  [[nodiscard]] bool asked_enough(MonoTime now) const;
  [[nodiscard]] bool asked_enough_after_loss() const;
  [[nodiscard]] bool vouched_enough() const;
  /// The log's end was torn, or of a partition here none of the datacenter's other replicas that lost nothing could be asked,
  /// or, where it has none, not all of the others: then an own event may be gone that others have.
  [[nodiscard]] bool unproven() const;
  [[nodiscard]] bool recorded_enough() const;
  /// The newest claim of a node that is recorded here.
  /// By the note that is kept of its claims.
  [[nodiscard]] Claimed recorded_claim(NodeId node) const;
  [[nodiscard]] Claimed known_claim(NodeId node) const;
  Result<void> claim();
  /// Under a number above all known, as the same actor.
  Result<void> claim_again();
  void go_on_if_recorded();

  Site& site_;
  Start start_;
  Stage stage_ = Stage::asking;
  std::string reason_;
  Claimed claimed_;
  MonoTime begun_;
  MonoTime next_send_;
  bool claims_again_ = false;
  Incarnation known_;  ///< the last of this node that any member knows
  std::set<NodeId> answered_;
  std::set<NodeId> vouched_;  ///< who answered, and lost nothing itself
  std::set<NodeId> recorded_;
};

}  // namespace causeway
