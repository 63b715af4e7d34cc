// Consistency levels, under the names that users know (Cassandra), or as a number of replicas.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace causeway {

struct Level {
  enum class Kind : std::uint8_t {
    one = 0,           ///< one replica anywhere
    two = 1,
    three = 2,
    quorum = 3,        ///< a majority of all replicas, in whatever datacenters
    local_one = 4,     ///< one replica in the coordinator's datacenter
    local_quorum = 5,  ///< a majority in the coordinator's datacenter: the default
    each_quorum = 6,   ///< a majority in every datacenter
    all = 7,
    count = 8,  ///< `replicas` of them, anywhere
  };
  Kind kind = Kind::local_quorum;
  std::uint32_t replicas = 0;  ///< for Kind::count

  friend bool operator==(const Level&, const Level&) = default;
};

/// "LOCAL_QUORUM" in any case, or a number from 1 on. Errors: invalid, naming the levels there are.
Result<Level> parse_level(BytesView text);
std::string to_string(const Level& level);

}  // namespace causeway
