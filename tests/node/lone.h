// One real node, among peers and clients that the test plays: what a node does with each message, turn by turn.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/check.h"
#include "node/core.h"
#include "ring/placement.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"

namespace causeway::testing {

class Lone {
 public:
  static constexpr std::uint64_t cluster = 0xC0FFEE;

  explicit Lone(BytesView topology, BytesView self, StoreLimits limits = {}, LogLimits log_limits = {})
      : configuration_(parse(topology)),
        placement_(Placement::compute(configuration_)),
        self_(node_id(self)),
        limits_(limits),
        log_(log_limits) {
    for (const NodeId node : configuration_.nodes()) runs_[node] = node.value ^ 1U;
  }

  // The process.
  void start(bool found = false) {
    const auto held = placement_.partitions_of(self_);
    auto opened = ShardStore::open(log_, state_, {held.begin(), held.end()}, limits_);
    CW_CHECK(opened.has_value(), "the store recovers");
    store_ = std::move(*opened);
    NodeOptions options;
    options.self = self_;
    if (found) options.found = cluster;
    options.run = runs_[self_] += 1'000;
    options.boot_id = "boot " + std::to_string(boots_);
    options.seed = runs_.at(self_);
    auto core = NodeCore::open(configuration_, options, *store_, now());
    CW_CHECK(core.has_value(), "the node opens");
    core_ = std::move(*core);
  }
  void kill() {
    core_.reset();
    store_.reset();
    log_.crash({});
    state_.crash();
  }
  void power_cut(std::uint64_t unsynced_kept = 0) {
    kill();
    ++boots_;
    log_.crash({true, unsynced_kept, false});
  }

  // What reaches it, in its next turn.
  void hear(BytesView from, PeerMessage message) { hear(from, std::move(message), runs_.at(node_id(from))); }
  void hear(BytesView from, PeerMessage message, std::uint64_t run) {
    inbox_.peers.push_back({cluster, node_id(from), run, configuration_.epoch(), std::move(message)});
  }
  void hear(Envelope envelope) { inbox_.peers.push_back(std::move(envelope)); }
  /// Returns the request's number.
  std::uint64_t ask(std::vector<Bytes> arguments, Level level = {}, std::optional<RequestId> request_id = {},
                    std::uint32_t timeout_ms = 0) {
    const std::uint64_t id = ++last_request_;
    inbox_.clients.emplace_back(ClientId{1}, Requests{{Request{id, std::move(arguments), level, level, timeout_ms, request_id}}});
    return id;
  }
  void ask(ClientMessage message) { inbox_.clients.emplace_back(ClientId{1}, std::move(message)); }

  // Turns.
  Result<void> turn() {
    CW_TRY(Outbox out, core_->run_turn(std::exchange(inbox_, {}), now()));
    for (auto& [to, envelope] : out.peers) {
      CW_CHECK(envelope.from == self_ && envelope.run == runs_.at(self_), "it signs");
      sent_.emplace_back(to, std::move(envelope.message));
    }
    for (auto& [client, message] : out.clients) {
      if (auto* responses = std::get_if<Responses>(&message)) {
        for (Response& response : responses->responses) answers_[response.id] = std::move(response.result);
      } else {
        replies_.push_back(std::move(message));
      }
    }
    for (auto& notice : out.notices) notices_.push_back(std::move(notice));
    return {};
  }
  /// Lets time pass, with turns when they are due, while those peers that are alive say so.
  Result<void> pass(Micros time) {
    const MonoTime end = mono_ + time;
    do {
      CW_TRY_VOID(turn());
      mono_ = std::min(end, std::max(core_->wake_at(), mono_ + 1ms));
      for (const NodeId peer : serving_) {
        hear({cluster, peer, runs_.at(peer), configuration_.epoch(), Heartbeat{true, fingerprint(configuration_.topology())}});
      }
    } while (mono_ < end);
    return turn();
  }
  void wait(Micros time) { mono_ += time; }

  // The peers that the test plays.
  void live(BytesView node) { serving_.insert(node_id(node)); }
  void die(BytesView node) { serving_.erase(node_id(node)); }
  void restart(BytesView node) { runs_.at(node_id(node)) += 1'000; }
  /// All peers live, know nothing against this node and record its claim. Returns once it serves.
  void serve() {
    for (const NodeId node : configuration_.nodes()) {
      if (node != self_) serving_.insert(node);
    }
    for (int round = 0; round < 100 && !status().serving; ++round) {
      CW_CHECK(pass(50ms).has_value(), "it lives");
      answer_claims();
    }
    CW_CHECK(status().serving, "it serves");
    sent_.clear();
  }
  /// Answers each Hello and Claim that was sent, as one who knows nothing.
  void answer_claims() {
    for (const auto& [to, message] : std::exchange(sent_, {})) {
      if (!serving_.contains(to)) continue;
      const BytesView name = configuration_.node(to)->name;
      if (const auto* hello = std::get_if<Hello>(&message)) hear(name, HelloReply{hello->incarnation, hello->actor, {}, {}});
      if (const auto* claim = std::get_if<Claim>(&message)) {
        actor_ = claim->actor;
        hear(name, ClaimReply{claim->incarnation});
      }
    }
  }

  // What it said since the last call.
  template <class Message>
  std::vector<std::pair<NodeId, Message>> take() {
    std::vector<std::pair<NodeId, Message>> found;
    std::erase_if(sent_, [&](auto& item) {
      auto* message = std::get_if<Message>(&item.second);
      if (message != nullptr) found.emplace_back(item.first, std::move(*message));
      return message != nullptr;
    });
    return found;
  }
  void forget_sent() { sent_.clear(); }
  [[nodiscard]] const std::vector<std::pair<NodeId, PeerMessage>>& sent() const { return sent_; }
  /// Null: not answered yet.
  [[nodiscard]] const std::variant<Value, Error>* answer(std::uint64_t request) const {
    const auto at = answers_.find(request);
    return at == answers_.end() ? nullptr : &at->second;
  }
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }
  [[nodiscard]] bool noted(BytesView text) const {
    return std::any_of(notices_.begin(), notices_.end(),
                       [text](const std::string& notice) { return notice.find(text) != std::string::npos; });
  }

  [[nodiscard]] Now now() const { return {mono_, WallTime(mono_.time_since_epoch() + 1'700'000'000s)}; }
  [[nodiscard]] NodeStatus status() const { return core_->status(now()); }
  [[nodiscard]] NodeCore& core() { return *core_; }
  [[nodiscard]] ShardStore& store() { return *store_; }
  [[nodiscard]] MemoryEventLog& log() { return log_; }
  [[nodiscard]] MemoryStateStore& state() { return state_; }
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] const Placement& placement() const { return placement_; }
  [[nodiscard]] NodeId self() const { return self_; }
  /// Under which it issues, once it serves among others.
  [[nodiscard]] ActorId actor() const { return actor_; }

 private:
  static Configuration parse(BytesView text) {
    auto topology = parse_topology(text);
    CW_CHECK(topology.has_value(), "a test's topology is right");
    return Configuration(Epoch{1}, std::move(*topology));
  }

  Configuration configuration_;
  Placement placement_;
  NodeId self_;
  StoreLimits limits_;
  MemoryEventLog log_;
  MemoryStateStore state_;
  std::unique_ptr<ShardStore> store_;
  std::unique_ptr<NodeCore> core_;
  MonoTime mono_{1s};
  std::uint64_t boots_ = 1;
  ActorId actor_;
  Inbox inbox_;
  std::uint64_t last_request_ = 0;
  std::map<NodeId, std::uint64_t> runs_;
  std::set<NodeId> serving_;
  std::vector<std::pair<NodeId, PeerMessage>> sent_;
  std::map<std::uint64_t, std::variant<Value, Error>> answers_;
  std::vector<ClientMessage> replies_;
  std::vector<std::string> notices_;
};

}  // namespace causeway::testing
