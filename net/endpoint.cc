#include "net/endpoint.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <zmq.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <utility>

namespace causeway {
namespace {

bool is_loopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return (ntohl(v4->sin_addr.s_addr) >> 24U) == IN_LOOPBACKNET;
  }
  if (address->sa_family == AF_INET6) {
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
  }
  return false;
}

std::string numeric(const addrinfo& found) {
  char text[NI_MAXHOST];
  const int rc = getnameinfo(found.ai_addr, found.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return rc == 0 ? text : "";
}

}  // namespace

Result<Endpoint> parse_endpoint(BytesView text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid,
                "'" + std::string(text.substr(0, 128)) +
                    "' is not an address: write HOST:PORT, such as 127.1.1.1:7400 or [::1]:7400");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == BytesView::npos) return wrong();
  BytesView host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != BytesView::npos) {
    return wrong();
  }
  constexpr BytesView of_hosts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%";
  if (host.find_first_not_of(of_hosts) != BytesView::npos) return wrong();
  const BytesView digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (host.empty() || port == 0 || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) {
    return wrong();
  }
  return Endpoint{std::string(host), port};
}

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

Result<std::string> loopback_address(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int rc = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  if (rc != 0) {
    return fail(ErrorCode::invalid, "the address '" + host + "' cannot be found (" + gai_strerror(rc) +
                                        "): name an address of this machine, such as 127.1.1.1");
  }
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (!is_loopback(each->ai_addr)) {
      return fail(ErrorCode::permission_denied,
                  "refused to listen on " + host +
                      ", which others can reach: connections are not authenticated yet, so only loopback "
                      "addresses " "(127.0.0.0/8, ::1) are allowed; give this node one of those");
    }
  }
  return numeric(*found);
}

Error cannot_listen(const std::string& whom, const std::string& port_key, const Endpoint& at, int number) {
  std::string sentence = "cannot listen for " + whom + " on " + to_string(at) + ": ";
  switch (number) {
    case EADDRINUSE:
      sentence +=
          "another program uses it; stop that one, or set another " + port_key + " port in the topology file";
      break;
    case EADDRNOTAVAIL:
      sentence += "this machine has no such address; mend the node's address in the topology file";
      break;
    case EACCES:
      sentence += "not permitted; set a " + port_key + " port of 1024 or more in the topology file";
      break;
    default: sentence += std::string(zmq_strerror(number)) + "; mend the node's address in the topology file";
  }
  return {ErrorCode::invalid, ErrorTag::fatal, std::move(sentence), 0, 0};
}

}  // namespace causeway
