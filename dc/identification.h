// May this node go on under its old actor? It asks every member what is known of it, then claims an actor with a new
// incarnation, and serves once a quorum of its datacenter has recorded the claim durably (architecture.md, Identity).
// A node that cannot prove that it lost nothing refuses to serve and says why.
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
  enum class Stage { asking, claiming, serving, refused };

  struct Start {
    Identity last;       ///< as the folder has it; for a founding node incarnation 0 and a new actor
    bool founding = false;
    std::string refusal;  ///< a local reason not to serve, else empty
    bool durable_sync = false;
    Bytes boot_id;
  };

  Identification(Site& site, Start start, MonoTime now);

  void on(NodeId from, const HelloReply& reply);
  void on(NodeId from, const ClaimReply& reply);
  /// Others ask and claim; these are answered in whatever stage.
  void on(NodeId from, const Hello& hello);
  Result<void> on(NodeId from, const Claim& claim);

  /// Final: it serves no more, for this reason.
  void refuse(std::string reason);

  /// Asks, claims and repeats what was not answered. Errors: the claim could not be stored; final.
  Result<void> tick(MonoTime now);

  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] bool serving() const { return stage_ == Stage::serving; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const Claimed& claimed() const { return claimed_; }
  [[nodiscard]] std::optional<MonoTime> wake_at() const;
  /// The record that a clean end leaves.
  [[nodiscard]] Identity record(bool clean) const;

 private:
  [[nodiscard]] bool asked_enough(MonoTime now) const;
  [[nodiscard]] bool recorded_enough() const;
  /// The newest claim of a node that is recorded here.
  [[nodiscard]] Claimed known_claim(NodeId node) const;
  Result<void> claim();
  void serve_if_recorded();

  Site& site_;
  Start start_;
  Stage stage_ = Stage::asking;
  std::string reason_;
  Claimed claimed_;
  MonoTime begun_;
  MonoTime next_send_;
  std::set<NodeId> answered_;
  std::set<NodeId> vouched_;  ///< who answered, and lost nothing itself
  std::set<NodeId> recorded_;
};

}  // namespace causeway
