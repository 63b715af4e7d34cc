// What readers must see, said declaratively: from the operations that a replica has seen and what each of them had
// seen, by the rules of the types. It knows no entries, cells or mutations, so that it cannot share their mistakes.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "crdt/command.h"
#include "crdt/hlc.h"
#include "crdt/path.h"

namespace causeway::testing {

/// Sums that cannot overflow; its own, since a fault in crdt/integer.h must not hide here.
using Number = __int128;

enum class Op { set, incr, reg_set, counter_add, counter_reset, sadd, srem, del };

/// A writing command, and, once it has issued an event, where that stands among the others.
struct Operation {
  Op op = Op::del;
  Bytes key;
  std::vector<Bytes> members;
  Bytes value;
  std::int64_t delta = 0;
  std::optional<RequestId> request;

  Dot dot;
  Hlc hlc;
  VersionVector past;  ///< what its coordinator had seen

  // What it does to the object besides, which follows from its past.
  std::optional<EntryType> marks;  ///< creates the object, or replaces one of another type
  bool clears = false;             ///< takes back everything that it saw
  bool empties = false;            ///< nothing was left where it was issued
};

std::vector<Bytes> arguments_of(const Operation& operation);

/// A reply, or the code of an error; and whether an event is issued.
struct Expected {
  std::variant<Value, ErrorCode> reply;
  bool issues = false;
};

/// What one key holds for who has seen these operations.
class View {
 public:
  View(const std::vector<Operation>& history, Bytes key, const VersionVector& seen);

  [[nodiscard]] std::optional<EntryType> type() const;
  /// What a write answers here.
  [[nodiscard]] Expected predict(const Operation& operation) const;
  /// What a read answers here: its name alone is given, and a member for sismember.
  [[nodiscard]] Expected predict_read(BytesView command, const Bytes& member = {}) const;
  /// Fills in what the operation does besides, given that it is issued here under its dot.
  void complete(Operation& operation) const;

 private:
  using Operations = std::vector<const Operation*>;

  template <class Takes>
  [[nodiscard]] bool is_taken_back(const Operation& operation, Takes takes) const;
  [[nodiscard]] bool is_alive(const Operation& operation) const;
  [[nodiscard]] bool is_live(EntryType type) const;
  [[nodiscard]] bool has_executed(const Operation& increment) const;
  [[nodiscard]] std::vector<Bytes> members() const;
  [[nodiscard]] Operations registers(Op op) const;
  [[nodiscard]] Number count(Op op) const;
  [[nodiscard]] std::optional<Number> number(Op op) const;
  [[nodiscard]] Bytes text_of(const Operation& set) const;
  [[nodiscard]] std::optional<Bytes> text() const;
  [[nodiscard]] Expected predict_increment(const Operation& operation) const;

  Bytes key_;
  std::vector<Operation> seen_;
};

}  // namespace causeway::testing
