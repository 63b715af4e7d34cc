// Addresses of loopback for tests that open sockets. Each test process has a /24 of 127.9.0.0/16 to itself, so that tests
// may run at once, also those of several checkouts on one machine.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace causeway::test {

/// Claims a /24 until the process ends, by holding a port in it.
inline int claim_network() {
  constexpr int networks = 254;
  for (int i = 0; i < networks; ++i) {
    const int network = 1 + (static_cast<int>(getpid()) + i) % networks;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(7399);
    at.sin_addr.s_addr = htonl(0x7F090000U + static_cast<unsigned>(network) * 256U + 254U);
    const int guard = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(guard, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return network;
    close(guard);
  }
  std::abort();  // 254 test processes at once
}

/// 127.9.X.number, 1 to 253: of this process alone.
inline std::string host(int number) {
  static const int network = claim_network();
  return "127.9." + std::to_string(network) + "." + std::to_string(number);
}

}  // namespace causeway::test
