#include "storage/notes.h"

#include "storage/keys.h"
#include "storage/record.h"

namespace causeway {

StateWrite Notes::write_of(BytesView name, BytesView value) {
  Bytes key = keys::note(name);
  Bytes sealed = seal_record(key, value);
  return {std::move(key), std::move(sealed)};
}

void Notes::overtaken(BytesView name) {
  if (const auto at = pending_.find(name); at != pending_.end()) pending_.erase(at);
}

Result<std::optional<Bytes>> Notes::get(BytesView name) const {
  if (const auto at = pending_.find(name); at != pending_.end()) return std::optional<Bytes>(at->second);
  if (const auto at = frozen_.find(name); at != frozen_.end()) return std::optional<Bytes>(at->second);
  const Bytes key = keys::note(name);
  CW_TRY(const std::optional<Bytes> value, state_.get(key));
  if (!value) return std::optional<Bytes>();
  CW_TRY(const BytesView body, open_record(key, *value));
  return std::optional<Bytes>(body);
}

Result<void> Notes::visit(BytesView prefix,
                          const std::function<void(BytesView name, BytesView value)>& visit) const {
  std::map<Bytes, Bytes> found;  // read first: the visitor may write
  const Bytes head = keys::note(prefix);
  Result<void> outcome;
  CW_TRY_VOID(state_.scan(head, [&](BytesView key, BytesView value) {
    if (!key.starts_with(head)) return false;
    const auto body = open_record(key, value);
    if (!body) {
      outcome = tl::unexpected<Error>(body.error());
      return false;
    }
    found.emplace(key.substr(keys::note({}).size()), *body);
    return true;
  }));
  CW_TRY_VOID(outcome);
  for (const Map* newer : {&frozen_, &pending_}) {
    for (auto at = newer->lower_bound(prefix); at != newer->end() && at->first.starts_with(prefix); ++at) {
      found.insert_or_assign(at->first, at->second);
    }
  }
  for (const auto& [name, value] : found) visit(name, value);
  return {};
}

void Notes::freeze(std::vector<StateWrite>& writes) {
  frozen_ = std::exchange(pending_, {});
  for (const auto& [name, value] : frozen_) writes.push_back(write_of(name, value));
}

}  // namespace causeway
