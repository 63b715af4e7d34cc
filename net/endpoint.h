// Where a socket is: a host and a port.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace causeway {

struct Endpoint {
  std::string host;  ///< IPv4 or IPv6 address (without brackets), or a name
  std::uint16_t port = 0;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// "127.1.1.1:7400", "[::1]:7400", "example.org:7400". Errors: invalid, says what is expected.
Result<Endpoint> parse_endpoint(BytesView text);
/// The form that parse_endpoint reads.
std::string to_string(const Endpoint& endpoint);

/// The host as an address that may be bound: only loopback (127.0.0.0/8 and ::1), since nobody proves who he is yet.
/// Errors: permission_denied for any other address, invalid for a name that has none.
Result<std::string> loopback_address(const std::string& host);

/// Why `at` cannot be listened on, and what to do: "cannot listen for `whom` on 127.1.1.1:7400: …", with the key of the
/// port in the topology file. `number` is an errno.
Error cannot_listen(const std::string& whom, const std::string& port_key, const Endpoint& at, int number);

}  // namespace causeway
