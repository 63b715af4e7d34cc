// Who is up, by heartbeats. It orders preferences, and decides nothing that could lose data.
#pragma once

#include <deque>
#include <map>
#include <span>

#include "wire/mail.h"
#include "base/time.h"

namespace causeway {

struct LivenessLimits {
  Micros interval = 750ms;     ///< between heartbeats
  Micros dead_after = 2000ms;  ///< without any message
};

class Liveness {
 public:
  Liveness(std::span<const NodeId> peers, const LivenessLimits& limits);

  /// The time of this turn.
  void observe(MonoTime now) { now_ = now; }
  enum class News {
    nothing,
    restarted,  ///< it is another process than before: it has forgotten what this one told it
    ended,      ///< the message is of a process that has ended: not to be acted on (rule 2)
  };
  /// A message came.
  News heard(NodeId peer, std::uint64_t run);
  void beat(NodeId peer, const Heartbeat& heartbeat);

  [[nodiscard]] bool alive(NodeId peer) const;
  /// Alive, and takes requests.
  [[nodiscard]] bool serving(NodeId peer) const;
  /// Time since the last message; the largest Micros if there was none.
  [[nodiscard]] Micros silence(NodeId peer) const;
  [[nodiscard]] std::uint64_t fingerprint(NodeId peer) const;

  /// Sends what is due.
  void tick(const Heartbeat& own, Post& post);
  /// Sends now: what is said has changed.
  void announce() { next_beat_ = now_; }
  [[nodiscard]] MonoTime wake_at() const { return next_beat_; }

 private:
  struct Peer {
    bool known = false;
    MonoTime heard;
    std::uint64_t run = 0;
    std::deque<std::uint64_t> ended;  ///< the runs before, a few
    Heartbeat last;
  };

  LivenessLimits limits_;
  std::map<NodeId, Peer> peers_;
  MonoTime now_;
  MonoTime next_beat_;
};

}  // namespace causeway
