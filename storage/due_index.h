// Which objects have entries that may be forgotten once a time has passed (crdt/forget.h), and when. Derived from the
// entries, and kept in memory alone. An object is listed once, by what is due first in it: whoever visits it there finds
// the rest. More objects than there is room for are found by a walk over all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "crdt/forget.h"

namespace causeway {

class DueIndex {
 public:
  static constexpr std::size_t rows_max = 8192;
  /// Times are rounded up: an object in which something falls due all the time is listed for so much of it at once.
  static constexpr std::uint64_t grain_ms = 4096;

  struct Row {
    Bytes key;
    std::uint64_t due_ms = 0;  ///< since 1970, rounded up
    unsigned tries = 0;        ///< visits in a row after which something was due and had to stay
    bool expiry_only = false;  ///< nothing but the object's expiry is due some time
  };

  /// The object has an entry that is due then.
  void note(BytesView key, const Due& due) { list({Bytes(), due.ms, 0, due.is_expiry}, key); }
  /// When the first is due; nothing if there is none.
  [[nodiscard]] std::optional<std::uint64_t> first_due() const;
  /// Takes out the object that is due first, if it is due by then, for a visit, which ends with leave().
  std::optional<Row> take(std::uint64_t now_ms);
  /// `left`: the same object, if something that is due later has stayed in it.
  void leave(const std::optional<Row>& left);

  /// Whether objects that found no room are due by then. A walk over all objects puts them back, or finds nothing in them.
  [[nodiscard]] bool walk_is_due(std::uint64_t now_ms) const { return walk_due_ && *walk_due_ <= now_ms; }
  void begin_walk();
  void end_walk() { is_walking_ = false; }

  /// Whether the object will be found.
  [[nodiscard]] bool lists(BytesView key) const {
    return rows_.contains(key) || walk_due_ || is_walking_ || (visited_ && *visited_ == key);
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(BytesView key) const { return std::hash<BytesView>{}(key); }
  };
  struct Held {
    std::uint64_t due_ms;
    unsigned tries;
    bool expiry_only;
  };

  void list(const Row& row, BytesView key);

  std::unordered_map<Bytes, Held, Hash, std::equal_to<>> rows_;
  std::set<std::pair<std::uint64_t, BytesView>> order_;  ///< of rows_: due, key
  std::optional<Bytes> visited_;
  std::optional<std::uint64_t> walk_due_;
  bool is_walking_ = false;
};

}  // namespace causeway
