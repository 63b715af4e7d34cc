#include "net/resp_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace causeway {
namespace {

ReplyShape shape_of(RespForm form) {
  switch (form) {
    case RespForm::set: return ReplyShape::set;
    case RespForm::map: return ReplyShape::map;
    case RespForm::pairs: return ReplyShape::pairs;
    case RespForm::value:
    case RespForm::sum: break;
  }
  return ReplyShape::plain;
}

std::size_t size_of(const Value& value) {
  if (const auto* bytes = std::get_if<Bytes>(&value)) return sizeof value + bytes->size();
  std::size_t size = sizeof value;
  if (const auto* list = std::get_if<Value::Array>(&value)) {
    for (const Value& each : *list) size += size_of(each);
  }
  return size;
}

std::size_t size_of(const std::variant<Value, Error>& result) {
  const auto* value = std::get_if<Value>(&result);
  return value == nullptr ? sizeof result : size_of(*value);
}

}  // namespace

RespConnection::RespConnection(RespShared& shared, ClientId id, std::uint64_t number, Poller& poller,
                               Fd socket, Poller::Handler ready)
    : shared_(shared),
      id_(id),
      number_(number),
      socket_(std::move(socket)),
      watch_(poller, socket_.get(), std::move(ready)),
      parser_(shared.limits) {
  watch_.want(EPOLLIN);
}

RespConnection::~RespConnection() {
  shared_.input_bytes -= input_counted_;
  shared_.output_bytes -= output_counted_;
}

void RespConnection::ready(std::uint32_t which) {
  if ((which & ~static_cast<std::uint32_t>(EPOLLIN)) != 0) blocked_ = false;
  if ((which & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read();
}

void RespConnection::read() {
  if (over_ || finishing_ || more_ || is_full()) return;
  shared_.spare.equip(input_);
  const Received received = receive(socket_, input_, shared_.limits.read_bytes);
  over_ = received == Received::failure;
  finishing_ = received == Received::end;  // it says no more, and may still listen
  more_ = received == Received::bytes;
}

std::size_t RespConnection::take(std::size_t commands_max, Requests& into) {
  requests_ = &into;
  std::size_t count = 0;
  while (has_more() && std::max(count, into.requests.size()) < commands_max) {
    const RespParser::Step step = parser_.next(input_.view());
    if (step == RespParser::Step::more) {
      more_ = false;
    } else if (step == RespParser::Step::error) {
      ++shared_.protocol_errors;
      reply([&](RespWriter& writer) { writer.error("ERR " + parser_.error()); });
      end();
    } else {
      if (!parser_.arguments().empty()) shared_.handler.command(*this, parser_.arguments());
      input_.consume(parser_.consumed());
      ++count;
    }
  }
  shared_.commands += count;
  requests_ = nullptr;
  return std::max(count, into.requests.size());
}

bool RespConnection::is_full() const { return live() >= shared_.limits.waiting_replies_max; }

std::uint64_t RespConnection::expect(RespForm form, std::uint32_t parts) {
  slots_.push_back({form, session.version, false, parts, 0, 0, nullptr});
  return first_ + live() - 1;
}

Request& RespConnection::submit(std::uint64_t id) {
  Request& request = requests_->requests.emplace_back();
  request.id = id;
  return request;
}

void RespConnection::hold_text(Bytes text) {
  slots_.push_back({RespForm::value, session.version, true, 0, 0, 0, nullptr});
  hold(slots_.back(), std::move(text));
}

void RespConnection::hold(Slot& slot, Held held) {
  const auto* text = std::get_if<Bytes>(&held);
  slot.held_bytes = text != nullptr ? text->size() : size_of(std::get<0>(held));
  held_bytes_ += slot.held_bytes;
  slot.held = std::make_unique<Held>(std::move(held));
  check_output();
}

void RespConnection::answer(Response&& response) {
  const std::uint64_t place = response.id - first_;
  if (over_ || place >= live()) return;
  Slot& slot = slots_[head_ + place];
  if (slot.done) return;
  if (slot.form == RespForm::sum) {
    const auto* value = std::get_if<Value>(&response.result);
    const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
    if (number != nullptr) {
      slot.sum += *number;
    } else if (slot.held == nullptr) {
      slot.held = std::make_unique<Held>(std::move(response.result));
    }
    if (--slot.parts > 0) return;
    if (slot.held == nullptr) response.result = Value(slot.sum);
    if (slot.held != nullptr) response.result = std::move(std::get<0>(*slot.held));
  }
  slot.done = true;
  if (place > 0) {
    hold(slot, std::move(response.result));
    return;
  }
  write(slot, response.result);
  pop();
  while (live() > 0 && slots_[head_].done && !over_) {
    write_held(slots_[head_]);
    pop();
  }
}

void RespConnection::pop() {
  ++head_;
  ++first_;
  if (head_ == slots_.size()) {
    slots_.clear();
    head_ = 0;
  } else if (head_ > shared_.limits.waiting_replies_max) {
    slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void RespConnection::write_held(Slot& slot) {
  held_bytes_ -= slot.held_bytes;
  if (const auto* text = std::get_if<Bytes>(slot.held.get())) {
    output_.append(*text);
  } else {
    write(slot, std::get<0>(*slot.held));
  }
}

RespWriter RespConnection::output_writer(RespVersion version) {
  shared_.spare.equip(output_);
  return {output_, version};
}

void RespConnection::write(const Slot& slot, const std::variant<Value, Error>& result) {
  const std::size_t before = output_.size();
  RespWriter writer = output_writer(slot.version);
  if (const auto* value = std::get_if<Value>(&result)) {
    writer.value(*value, shape_of(slot.form));
  } else {
    shared_.handler.write_error(writer, std::get<Error>(result));
  }
  const std::size_t bytes_max = shared_.limits.reply_bytes_max;
  if (output_.size() - before > bytes_max) {
    output_.truncate(before);
    shared_.handler.write_error(writer, Error{ErrorCode::too_large, ErrorTag::fatal,
                                              "the reply is larger than " + std::to_string(bytes_max) +
                                                  " bytes: ask for a part of it",
                                              0, 0});
  }
  check_output();
}

/// Before memory grows beyond the limit.
void RespConnection::check_output() {
  const std::size_t bytes_max = shared_.limits.output_bytes_max;
  if (output_.size() + held_bytes_ <= bytes_max) return;
  send_output();
  if (output_.size() + held_bytes_ > bytes_max) cut_off();
}

void RespConnection::cut_off() {
  if (over_) return;
  over_ = true;
  ++shared_.cut_off;
}

void RespConnection::send_output() {
  if (output_.empty() || blocked_ || over_) return;
  const ssize_t count = send(socket_.get(), output_.view().data(), output_.size(), MSG_NOSIGNAL);
  if (count < 0) {
    blocked_ = errno == EAGAIN || errno == EINTR;
    over_ = !blocked_;
    return;
  }
  output_.consume(static_cast<std::size_t>(count));
  blocked_ = !output_.empty();
}

void RespConnection::flush() {
  send_output();
  if (over_) return;
  if (finishing_ && output_.empty() && live() == 0) {
    // What it has said since is passed over: closing with bytes unread would take back the last reply.
    recv(socket_.get(), nullptr, std::numeric_limits<int>::max(), MSG_TRUNC);
    over_ = true;
  }
}

void RespConnection::settle() {
  if (over_) return;
  account();
  const bool in = !finishing_ && !more_ && !is_full();
  watch_.want((in ? EPOLLIN : 0U) | (blocked_ ? EPOLLOUT : 0U));
}

void RespConnection::account() {
  constexpr std::size_t usual_slots = 256;
  shared_.spare.put_away(input_);
  shared_.spare.put_away(output_);
  parser_.put_away();
  if (live() == 0 && slots_.capacity() > usual_slots) slots_ = std::vector<Slot>();
  shared_.input_bytes += input_.capacity() - input_counted_;
  input_counted_ = input_.capacity();
  const std::size_t waiting = output_.size() + held_bytes_;
  shared_.output_bytes += waiting - output_counted_;
  output_counted_ = waiting;
  const RespLimits& limits = shared_.limits;
  if (shared_.input_bytes > limits.all_input_bytes_max && input_counted_ > limits.read_bytes) cut_off();
  if (shared_.output_bytes > limits.all_output_bytes_max && output_counted_ > 0) cut_off();
}

}  // namespace causeway
