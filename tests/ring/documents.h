// A good topology document, and ways to spoil it.
#pragma once

#include <string>

#include "base/check.h"

namespace causeway {

inline const std::string good_document = R"(cluster: demo
partitions: 64
durability: 100ms
datacenters:
  eu:
    replicas: 2
    nodes:
      - {name: eu-1, rack: a, address: 127.9.1.1}
      - {name: eu-2, rack: b, address: 127.9.1.2, weight: 2, client: 7500}
  us:
    replicas: 1
    nodes:
      - name: us-1
        rack: a
        address: db1.us.example.com
links:
  - {between: [eu, us], delay_ms: 40, jitter_ms: 2}
limits: {value_bytes: 4096}
security: {}
)";

/// The good document with the first `from` replaced. REQUIRES: it is there.
inline std::string spoiled(const std::string& from, const std::string& to) {
  const std::size_t at = good_document.find(from);
  CW_CHECK(at != std::string::npos, "the document has what is to be replaced");
  return std::string(good_document).replace(at, from.size(), to);
}

}  // namespace causeway
