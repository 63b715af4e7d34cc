// Short forms for tests that tell a story: replicas that talk to each other, and what they answer.
#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/crdt/event_draft.h"
#include "tests/crdt/replica.h"

namespace causeway::testing {

inline std::string show(const Value& value) {
  if (const auto* status = std::get_if<Status>(&value)) return status->text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* bytes = std::get_if<Bytes>(&value)) return *bytes;
  if (const auto* number = std::get_if<double>(&value)) return text_of(*number);
  if (value.is_nil()) return "(nil)";
  std::string all;
  for (const Value& item : std::get<Value::Array>(value)) all += (all.empty() ? "" : " ") + show(item);
  return all;
}

inline std::vector<Bytes> words(const std::string& line) {
  std::istringstream in(line);
  std::vector<Bytes> all;
  for (Bytes word; in >> word;) all.push_back(word);
  return all;
}

/// Executes "incrby k 5"; the reply as text, an array with blanks between, or the error as text.
inline std::string say(Replica& at, const std::string& line,
                       std::optional<RequestId> request = std::nullopt) {
  const Done done = at.issue(words(line), 1'000'000, request);
  return done.reply ? show(*done.reply) : to_string(done.reply.error());
}

/// The same, and the event. REQUIRES: it issues one.
inline EventDraft event_of(Replica& at, const std::string& line,
                           std::optional<RequestId> request = std::nullopt) {
  Done done = at.issue(words(line), 1'000'000, request);
  if (!done.event)
    FAIL(line + " issues nothing: " + (done.reply ? show(*done.reply) : to_string(done.reply.error())));
  return done.event ? *std::move(done.event) : EventDraft{};
}

/// Applies at both replicas what the other has seen, by a merge of their states.
inline void heal(Replica& a, Replica& b) {
  a.merge_from(b);
  b.merge_from(a);
  REQUIRE(a.clock() == b.clock());
  REQUIRE(a.entries().all() == b.entries().all());
}

}  // namespace causeway::testing
