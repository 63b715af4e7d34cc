// The clusters that tests run.
#pragma once

#include "base/bytes.h"

namespace causeway::testing {

inline constexpr BytesView one_node = R"(
cluster: test
partitions: 2
datacenters:
  eu:
    replicas: 1
    nodes:
      - {name: eu-1, rack: a, address: 127.9.1.1}
)";

/// Every node holds every partition.
inline constexpr BytesView one_dc = R"(
cluster: test
partitions: 8
datacenters:
  eu:
    replicas: 3
    nodes:
      - {name: eu-1, rack: a, address: 127.9.1.1}
      - {name: eu-2, rack: b, address: 127.9.1.2}
      - {name: eu-3, rack: c, address: 127.9.1.3}
)";

/// One partition, and nodes without a replica of it: they forward.
inline constexpr BytesView five_nodes = R"(
cluster: test
partitions: 1
datacenters:
  eu:
    replicas: 3
    nodes:
      - {name: eu-1, rack: a, address: 127.9.1.1}
      - {name: eu-2, rack: b, address: 127.9.1.2}
      - {name: eu-3, rack: c, address: 127.9.1.3}
      - {name: eu-4, rack: a, address: 127.9.1.4}
      - {name: eu-5, rack: b, address: 127.9.1.5}
)";

inline constexpr BytesView three_dcs = R"(
cluster: test
partitions: 4
datacenters:
  eu:
    replicas: 3
    nodes:
      - {name: eu-1, rack: a, address: 127.9.1.1}
      - {name: eu-2, rack: b, address: 127.9.1.2}
      - {name: eu-3, rack: c, address: 127.9.1.3}
  us:
    replicas: 3
    nodes:
      - {name: us-1, rack: a, address: 127.9.2.1}
      - {name: us-2, rack: b, address: 127.9.2.2}
      - {name: us-3, rack: c, address: 127.9.2.3}
  ap:
    replicas: 3
    nodes:
      - {name: ap-1, rack: a, address: 127.9.3.1}
      - {name: ap-2, rack: b, address: 127.9.3.2}
      - {name: ap-3, rack: c, address: 127.9.3.3}
)";

/// Four datacenters of two nodes, one partition.
inline constexpr BytesView four_dcs = R"(
cluster: test
partitions: 1
datacenters:
  eu:
    replicas: 2
    nodes:
      - {name: eu-1, rack: a, address: 127.9.1.1}
      - {name: eu-2, rack: b, address: 127.9.1.2}
  us:
    replicas: 2
    nodes:
      - {name: us-1, rack: a, address: 127.9.2.1}
      - {name: us-2, rack: b, address: 127.9.2.2}
  ap:
    replicas: 2
    nodes:
      - {name: ap-1, rack: a, address: 127.9.3.1}
      - {name: ap-2, rack: b, address: 127.9.3.2}
  sa:
    replicas: 2
    nodes:
      - {name: sa-1, rack: a, address: 127.9.4.1}
      - {name: sa-2, rack: b, address: 127.9.4.2}
)";

}  // namespace causeway::testing
