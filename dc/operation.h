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
  std::size_t bytes = 0;  ///< of the arguments and the session
};

/// Collects the turn's answers: one message a client.
class Answers {
 public:
  /// Its session is by now what it depends on from now on.
  template <class T>
  void add(const Operation& operation, T&& result, Post& post) {
    if (const auto* forwarded = std::get_if<Forwarded>(&operation.origin)) {
      Response response{operation.request.id, std::forward<T>(result), operation.request.session};
      post.send(forwarded->by, ForwardReply{forwarded->id, std::move(response)});
      return;
    }
    const ClientId client = std::get<ClientId>(operation.origin);
    if (last_ == nullptr || last_client_ != client) {
      last_ = &clients_[client];
      last_client_ = client;
    }
    constexpr std::size_t usual = 16;
    if (last_->responses.empty()) last_->responses.reserve(usual);
    Response& response = last_->responses.emplace_back();
    response.id = operation.request.id;
    response.result = std::forward<T>(result);
    if (operation.request.session) response.session = operation.request.session;
  }
  void flush(Epoch epoch, Post& post) {
    for (auto& [client, responses] : clients_) {
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
};

}  // namespace causeway
