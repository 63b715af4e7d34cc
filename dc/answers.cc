#include "dc/answers.h"

#include <utility>

namespace causeway {
namespace {

/// Of one message, unless one answer alone has more.
constexpr std::size_t message_bytes_max = std::size_t{1} << 20U;

std::size_t bytes_of(const Value& value) {
  if (const auto* bytes = std::get_if<Bytes>(&value)) return bytes->size();
  std::size_t sum = 0;
  if (const auto* all = std::get_if<Value::Array>(&value)) {
    for (const Value& each : *all) sum += sizeof(Value) + bytes_of(each);
  }
  return sum;
}

void send_back(NodeId to, std::vector<Response>&& responses, Post& post) {
  ForwardReply message;
  std::size_t bytes = 0;
  for (Response& response : responses) {
    const auto* value = std::get_if<Value>(&response.result);
    const std::size_t more = sizeof(Response) + (value == nullptr ? 0 : bytes_of(*value));
    if (bytes > 0 && bytes + more > message_bytes_max) {
      post.send(to, std::exchange(message, {}));
      bytes = 0;
    }
    bytes += more;
    message.responses.push_back(std::move(response));
  }
  post.send(to, std::move(message));
}

}  // namespace

void Answers::flush(Epoch epoch, Post& post) {
  for (auto& [origin, responses] : responses_) {
    if (responses.empty()) continue;  // taken back
    if (const auto* forwarded = std::get_if<Forwarded>(&origin)) {
      send_back(forwarded->by, std::move(responses), post);
    } else {
      post.reply(std::get<ClientId>(origin), Responses{std::move(responses), epoch});
    }
  }
  responses_.clear();
  last_ = nullptr;
}

}  // namespace causeway
