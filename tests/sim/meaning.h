// What an operation means, said when it is drawn: so that the checks on histories need not know commands.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace causeway::testing {

struct Meaning {
  enum class Kind : std::uint8_t {
    other,         ///< what no check on histories knows
    add,           ///< inserts `names`
    remove,        ///< takes away `names`, as far as it sees them
    write,         ///< puts `names`, one, in the place of what is there
    increment,     ///< by `amount`
    reach,         ///< puts a number, `names`, in the place of those that it goes beyond
    count,         ///< adds `names` to what is counted
    clear,         ///< takes away all that it sees where `clears` says
    read_names,    ///< answers with all names that are there
    read_value,    ///< answers with what was written
    read_flag,     ///< the same, of values that many write; 0 if there is nothing
    read_extreme,  ///< answers with the number that goes beyond all others
    read_count,    ///< answers with about how many different names were added, and nothing is removed
    read_sum,      ///< answers with the sum of increments that nothing resets
  };
  Kind kind = Kind::other;
  /// The value in its object: what the paths of its entries begin with (value_at).
  Bytes where = {};
  std::vector<Bytes> names = {};
  std::int64_t amount = 0;
  bool own = false;       ///< no other operation inserts names[0] there: its events can be told from others
  bool counts = false;    ///< done twice, it would count twice
  bool adds_anew = true;  ///< of add: also the names that are there already
  bool expires = false;   ///< it may let its key end soon
  bool may_do_nothing = false;  ///< it is right for it to issue nothing
  /// It may take away all that stands at paths that begin with this.
  std::optional<Bytes> clears = {};

  [[nodiscard]] bool reads() const { return kind >= Kind::read_names; }
};

}  // namespace causeway::testing
