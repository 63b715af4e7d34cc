// Small durable facts beside the entries: identity, claims, last clocks.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "storage/state_store.h"

namespace causeway {

class Notes {
 public:
  explicit Notes(const StateStore& state) : state_(state) {}

  void set(BytesView name, BytesView value) { pending_.insert_or_assign(Bytes(name), Bytes(value)); }
  /// It has been written by other means: what was set before is overtaken.
  void overtaken(BytesView name);
  static StateWrite write_of(BytesView name, BytesView value);

  Result<std::optional<Bytes>> get(BytesView name) const;
  /// Visits the notes whose name begins with `prefix`, in order; visit may set notes.
  Result<void> visit(BytesView prefix,
                     const std::function<void(BytesView name, BytesView value)>& visit) const;

  /// Hands over what was set; until settle() or thaw() it is read from here.
  void freeze(std::vector<StateWrite>& writes);
  void settle() { frozen_.clear(); }
  /// It was not stored.
  void thaw() { pending_.merge(std::exchange(frozen_, {})); }
  [[nodiscard]] bool dirty() const { return !pending_.empty(); }

 private:
  const StateStore& state_;
  using Map = std::map<Bytes, Bytes, std::less<>>;
  Map pending_;  ///< for the next checkpoint
  Map frozen_;   ///< of the one under way
};

}  // namespace causeway
