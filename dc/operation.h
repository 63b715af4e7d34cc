// One request on its way through its coordinator.
#pragma once

#include <map>
#include <variant>

#include "base/time.h"
#include "crdt/command.h"
#include "wire/mail.h"

namespace causeway {

/// A request that another node handed over: the answer goes back there.
struct Forwarded {
  NodeId by;
  std::uint64_t id = 0;
};
using Origin = std::variant<ClientId, Forwarded>;

struct Operation {
  Origin origin;
  Request request;
  const Command* command = nullptr;
  PartitionId partition;
  MonoTime deadline;
  std::uint64_t key_hash = 0;  ///< Partition::hash_of()
  std::size_t bytes = 0;       ///< of the arguments and the session
};

/// Collects the turn's answers: one message a client.
class Answers {
 public:
  /// The operation's session is by now what its client depends on from now on.
  template <class T>
  void add(const Operation& operation, T&& result, Post& post) {
    begin(operation).result = std::forward<T>(result);
    finish(operation, post);
  }

  // An answer that is made in its place: begin() and then finish() or take_back(), and no other in between.

  Response& begin(const Operation& operation) {
    if (std::holds_alternative<Forwarded>(operation.origin)) return forwarded_ = {};
    const ClientId client = std::get<ClientId>(operation.origin);
    if (last_ == nullptr || last_client_ != client) {
      last_ = &clients_[client];
      last_client_ = client;
    }
    constexpr std::size_t usual = 16;
    if (last_->responses.capacity() == 0) last_->responses.reserve(usual);
    return last_->responses.emplace_back();
  }
  void finish(const Operation& operation, Post& post) {
    const auto* forwarded = std::get_if<Forwarded>(&operation.origin);
    Response& response = forwarded != nullptr ? forwarded_ : last_->responses.back();
    response.id = operation.request.id;
    if (operation.request.session) response.session = operation.request.session;
    if (forwarded != nullptr) post.send(forwarded->by, ForwardReply{forwarded->id, std::move(response)});
  }
  /// There is no answer yet, or another: what was begun.
  Value take_back(const Operation& operation) {
    if (std::holds_alternative<Forwarded>(operation.origin))
      return std::get<Value>(std::move(forwarded_.result));
    Value value = std::get<Value>(std::move(last_->responses.back().result));
    last_->responses.pop_back();
    return value;
  }
  void flush(Epoch epoch, Post& post) {
    for (auto& [client, responses] : clients_) {
      if (responses.responses.empty()) continue;  // taken back
      responses.epoch = epoch;
      post.reply(client, std::move(responses));
    }
    clients_.clear();
    last_ = nullptr;
  }

 private:
  std::map<ClientId, Responses> clients_;
  ClientId last_client_;
  Responses* last_ = nullptr;  ///< of the last client
  Response forwarded_;         ///< being made
};

}  // namespace causeway
