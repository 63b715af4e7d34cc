// Requests for keys that have no replica here: handed to a replica of this datacenter. Another one is tried only when
// nothing can have happened at the first, or when a repetition is harmless: a read, or a request id.
#pragma once

#include <map>
#include <set>

#include "dc/answers.h"
#include "dc/site.h"

namespace causeway {

class Forwarder {
 public:
  Forwarder(Site& site, Answers& answers) : site_(site), answers_(answers), last_id_(site.post.run()) {}

  void forward(Operation operation, MonoTime now);
  void on(NodeId from, ForwardReply reply, MonoTime now);
  /// Ends the turn: sends what it hands over, one message a node.
  void flush();
  /// Tries elsewhere what a dead or silent replica was asked, and gives up what has waited too long.
  void tick(MonoTime now);

  [[nodiscard]] std::size_t size() const { return pending_.size(); }
  /// Of the requests that wait.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Pending {
    Operation operation;
    std::set<NodeId> tried;
    NodeId at;
    MonoTime sent;
    bool unknown = false;  ///< one that was given up may have executed it
    Error last;            ///< what the last replica said, if it answered
  };

  /// Sends it to the next live replica that was not tried; false if there is none.
  bool send(std::uint64_t id, Pending& pending, MonoTime now);
  void answer(Pending& pending, std::variant<Value, Error> result);
  void on(NodeId from, Response response, MonoTime now);
  std::map<std::uint64_t, Pending>::iterator erase(std::map<std::uint64_t, Pending>::iterator at);

  Site& site_;
  Answers& answers_;
  struct Outgoing {
    Forward message;
    std::size_t bytes = 0;
  };
  std::map<NodeId, Outgoing> outgoing_;
  std::map<std::uint64_t, Pending> pending_;
  std::size_t bytes_ = 0;
  std::uint64_t last_id_;
  MonoTime looked_;  ///< at the last tick
};

}  // namespace causeway
