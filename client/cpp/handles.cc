#include "causeway/client.h"
#include "client/cpp/client_core.h"

namespace causeway {

std::vector<Bytes> KeyHandle::words(BytesView command, std::vector<Bytes> arguments) const {
  std::vector<Bytes> all;
  for (const Bytes& field : path_) all.insert(all.end(), {"map.in", field});
  all.emplace_back(command);
  all.insert(all.begin() + 1, key_);
  all.insert(all.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  return all;
}

Result<Value> KeyHandle::execute(BytesView command, std::vector<Bytes> arguments) const {
  return core_->execute(words(command, std::move(arguments)), options_);
}

void KeyHandle::submit(BytesView command, std::vector<Bytes> arguments,
                       std::function<void(Result<Value>)> done) const {
  core_->submit(words(command, std::move(arguments)), options_, std::move(done));
}

CounterHandle<Waiting> Client::counter(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
StringHandle<Waiting> Client::string(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
SetHandle<Waiting> Client::set(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
RemoveWinsSetHandle<Waiting> Client::remove_wins_set(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
MapHandle<Waiting> Client::map(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
RegisterHandle<Waiting> Client::reg(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
BoundedCounterHandle<Waiting> Client::bounded_counter(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
MaxHandle<Waiting> Client::max(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
MinHandle<Waiting> Client::min(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
FlagHandle<Waiting> Client::flag(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
DisableWinsFlagHandle<Waiting> Client::disable_wins_flag(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
GrowSetHandle<Waiting> Client::grow_set(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
HyperLogLogHandle<Waiting> Client::hyperloglog(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
ListHandle<Waiting> Client::list(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
SortedSetHandle<Waiting> Client::sorted_set(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}

}  // namespace causeway
