// The logic of a client: where each request goes, when it is tried again, and when it is over. Sans-I/O: messages, the coming
// and going of connections, and the time come in; messages to send and connections to open come out.
//
// A call goes to the first usable replica of its key. It is tried again, there or at another replica, for as long as its
// timeout allows: after a `retryable` error always; after an `ambiguous` one, a lost connection or silence only if it is a
// read or if repeating it does no harm (it is idempotent, or carries a request id, the same on every try).
// A node is suspected when it has been silent for try_timeout although it was asked how it is; it is probed until it answers.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "client/cpp/alarms.h"
#include "client/cpp/client_ring.h"
#include "client/cpp/include/causeway/options.h"
#include "client/cpp/peer_table.h"
#include "client/cpp/slots.h"
#include "wire/message.h"

namespace causeway {

/// One command, checked (find_command).
struct NewCall {
  std::vector<Bytes> arguments;
  std::size_t key_at = 1;  ///< which argument says where it goes
  bool reads = false;      ///< it changes nothing
  bool counts = false;     ///< executed twice, it counts twice
  bool takes_id = true;    ///< a request id may tell a retry from another call
  CallOptions options;
  std::function<void(Result<Value>)> done;          ///< called once; it may not call the engine
  std::atomic<std::size_t>* outstanding = nullptr;  ///< if there is one: counts one less, just before `done`
};

class RequestEngine {
 public:
  static constexpr std::size_t requests_per_message_max = 64;
  static constexpr std::size_t message_bytes_max = std::size_t{1} << 20U;
  static constexpr std::size_t outstanding_max = std::size_t{1} << 23U;

  /// REQUIRES: checked options; `ids` is random, of this client alone: automatic request ids count up from it.
  RequestEngine(ClientOptions options, RequestId ids, std::uint64_t seed);

  /// Learns the topology and where home is, within connect_timeout. REQUIRES: called once, first.
  /// Errors: invalid (endpoint, datacenter, topology), unavailable.
  void start(std::function<void(Result<void>)> done, Now now);
  /// REQUIRES: started; fewer than outstanding_max calls are under way.
  void submit(NewCall&& call, Now now);
  /// The status of the node of that name; of any, if it is empty. Errors: invalid (no such node), unavailable, timeout.
  void ask_status(const std::string& node, std::chrono::milliseconds timeout,
                  std::function<void(Result<NodeStatus>)> done, Now now);

  /// What the sockets tell.
  void connected(PeerIndex peer, Now now);
  void disconnected(PeerIndex peer, Now now);
  void receive(PeerIndex peer, ClientMessage&& message, Now now);
  /// A message of take_messages() that could not be sent, and will not be.
  void not_sent(PeerIndex peer, const ClientMessage& message, Now now);

  void tick(Now now);
  [[nodiscard]] MonoTime wake_at() const;

  /// Connections to open, once each.
  std::vector<std::pair<PeerIndex, Endpoint>> take_connects();
  /// Messages for peers that are connected: the requests of one turn to one node travel together. Their arguments stand in
  /// the engine until this is called again.
  std::vector<std::pair<PeerIndex, ClientMessage>> take_messages();

  /// Ends every call: with an ambiguous error if it may have happened.
  void shut_down();

  /// Null until started.
  [[nodiscard]] std::shared_ptr<const ClientRing> ring() const { return ring_; }
  [[nodiscard]] DcId home() const { return home_; }

 private:
  using CallId = SlotId;

  struct Call {
    enum class State : std::uint8_t {
      connecting,  ///< waits for the connection to `peer`
      sent,        ///< to `peer`
      resting,     ///< until its alarm
    };

    NewCall ask;
    bool repeatable = false;
    PartitionId partition;
    DcId home;
    MonoTime deadline;
    Micros margin{0};  ///< what a node is given less, so that its answer comes in time
    State state = State::resting;
    PeerIndex peer = 0;
    MonoTime sent_at;
    std::uint8_t tries = 0;
    std::uint32_t rounds = 0;        ///< how often all replicas were tried in vain
    std::vector<PeerIndex> refused;  ///< in this round
    bool unknown = false;            ///< a try had no clear end
    std::optional<Error> last_error;
  };
  /// A try that has not left yet.
  struct Queued {
    CallId call;
    std::uint32_t timeout_ms;
    std::uint8_t tries;
  };
  struct StatusWaiter {
    MonoTime deadline;
    std::function<void(Result<NodeStatus>)> done;
  };

  // Calls (request_engine.cc).
  void try_next(CallId id, Call& call, Now now);
  void send(CallId id, Call& call, PeerIndex peer, Now now);
  void rest(CallId id, Call& call, Now now);
  void set_alarm(CallId id, MonoTime when) { alarms_.set(when, Slots<Call>::place(id)); }
  void look_after(CallId id, Call& call, Now now);
  void no_answer(CallId id, Call& call, Now now);
  void answer(PeerIndex peer, Response&& response, Now now);
  void answer_error(CallId id, Call& call, bool current, Error error, Now now);
  void finish(CallId id, Result<Value>&& result);
  void give_up(CallId id, Call& call, Now now);
  void name_increment(Call& call, Now now);
  void pack(PeerIndex peer, std::vector<Queued>& queued, Epoch epoch);
  [[nodiscard]] bool almost_over(const Call& call, Now now) const {
    return now.mono >= call.deadline - call.margin;
  }

  // Peers (request_engine_peers.cc).
  void settle_start(Result<void> result);
  void try_to_start();
  Result<void> settle_home(const std::string& fallback);
  void learn(const TopologyReply& reply);
  void bind_nodes();
  void prefer();
  void open(PeerIndex peer, Now now);
  void abandon(PeerIndex peer, Now now);
  void probe(PeerIndex peer);
  void suspect(PeerIndex peer, Now now);
  void look_after_peers(Now now);
  void answer_status(PeerIndex peer, const NodeStatus& status);
  void fail_status(PeerIndex peer, const Error& error);
  void time_out_status(PeerIndex peer, Now now);
  [[nodiscard]] std::string name_of_peer(PeerIndex peer) const;

  ClientOptions options_;
  Micros timeout_;
  Micros try_timeout_;
  Random random_;
  RequestId next_request_id_;

  std::shared_ptr<const ClientRing> ring_;
  Epoch asked_epoch_{};  ///< the newest of which a node spoke, and whose topology was asked for
  DcId home_;
  PeerTable peers_;
  /// By partition: where its requests go when nothing is amiss, the first replica at home. Empty: home is unknown.
  std::vector<PeerIndex> preferred_;
  Slots<Call> calls_;
  Alarms alarms_;  ///< by the calls' places

  std::vector<std::pair<PeerIndex, Endpoint>> connects_;
  std::vector<std::vector<Queued>> queued_;          ///< by peer
  std::vector<std::vector<Bytes>> ended_arguments_;  ///< messages that were taken may still borrow them
  std::vector<std::pair<PeerIndex, ClientMessage>> messages_;

  std::function<void(Result<void>)> started_;
  MonoTime start_deadline_;
  std::unordered_map<PeerIndex, std::string> seeds_;  ///< the node's name, once it has told
  MonoTime refresh_at_;
  std::unordered_map<PeerIndex, std::vector<StatusWaiter>> status_waiters_;
};

}  // namespace causeway
