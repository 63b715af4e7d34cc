// The answers of a turn: one message a client, and one for all that a node has handed over.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "dc/operation.h"

namespace causeway {

class Answers {
 public:
  /// The operation's session is by now what its client depends on from now on.
  template <class T>
  void add(const Operation& operation, T&& result) {
    begin(operation).result = std::forward<T>(result);
    finish(operation);
  }

  // An answer that is made in its place: begin() and then finish() or take_back(), and no other in between.

  Response& begin(const Operation& operation) {
    if (last_ == nullptr || last_origin_ != operation.origin) {
      last_ = &responses_[operation.origin];
      last_origin_ = operation.origin;
    }
    constexpr std::size_t usual = 16;
    if (last_->capacity() == 0) last_->reserve(usual);
    return last_->emplace_back();
  }
  void finish(const Operation& operation) {
    Response& response = last_->back();
    response.id = operation.request.id;
    if (operation.request.session) response.session = operation.request.session;
  }
  /// There is no answer yet, or another: what was begun.
  Value take_back() {
    Value value = std::get<Value>(std::move(last_->back().result));
    last_->pop_back();
    return value;
  }

  /// At the end of the turn.
  void flush(Epoch epoch, Post& post);

 private:
  std::map<Origin, std::vector<Response>> responses_;
  Origin last_origin_;
  std::vector<Response>* last_ = nullptr;  ///< of the last origin
};

}  // namespace causeway
