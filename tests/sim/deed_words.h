// Between what clients did and the events that came of it: small helpers of the checks.
#pragma once

#include "tests/sim/history.h"
#include "tests/sim/oracle.h"

namespace causeway::testing {

inline std::string told(const Done& done) {
  std::string text = "client " + std::to_string(done.client) + " at " + std::to_string(done.began.time_since_epoch().count() / 1000) + " ms:";
  for (const Bytes& argument : done.draft.arguments) text += " " + argument.substr(0, 24);
  return text + " @" + causeway::to_string(done.draft.level);
}

inline bool is_increment(const Done& done) {
  return done.command() == "INCRBY" || done.command() == "DECRBY" || done.command() == "COUNTER.ADD";
}

inline std::int64_t amount_of(const Done& done) {
  const std::int64_t amount = std::stoll(done.draft.arguments[2]);
  return done.command() == "DECRBY" ? -amount : amount;
}

template <class Map>
const std::vector<const KnownEvent*>& at(const Map& map, const typename Map::key_type& key) {
  static const std::vector<const KnownEvent*> none;
  const auto found = map.find(key);
  return found == map.end() ? none : found->second;
}

/// The events that can only be this operation's.
inline const std::vector<const KnownEvent*>& events_of(const Done& done, const Deeds& deeds) {
  const auto& arguments = done.draft.arguments;
  if (is_increment(done) && done.request_id) return at(deeds.requests, *done.request_id);
  if (is_increment(done)) return at(deeds.anonymous, {done.key(), amount_of(done)});
  if (done.command() == "SADD") return at(deeds.added, {done.key(), arguments[2]});
  return at(deeds.written, {done.key(), arguments[2]});
}

/// Whether its events can be told from all others: a SET to an integer cannot.
inline bool is_recognisable(const Done& done) {
  if (is_increment(done) || done.command() == "SADD" || done.command() == "REG.SET") return true;
  return done.command() == "SET" && done.draft.arguments[2].starts_with("u");
}

}  // namespace causeway::testing
