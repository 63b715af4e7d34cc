#include "server/resp_session.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "crdt/integer.h"
#include "server/resp_door.h"

namespace causeway {
namespace {

constexpr SessionCommand table[] = {
    {"auth", "[username] password", -2, "There are no passwords yet.", run_auth},
    {"client", "subcommand [argument ...]", -2, "About this connection.", run_client},
    {"command", "[subcommand [argument ...]]", -1, "About the commands that there are.", run_command},
    {"config", "subcommand [argument ...]", -2, "Reads settings that clients of Redis look for.", run_config},
    {"cw.level", "[read write]", -1, "Sets or tells the consistency levels of this connection.", run_level},
    {"echo", "message", 2, "Answers the message.", run_echo},
    {"hello", "[protover [AUTH username password] [SETNAME clientname]]", -1, "Begins a session.", run_hello},
    {"info", "[section ...]", -1, "About this node.", run_info},
    {"ping", "[message]", -1, "Answers PONG, or the message.", run_ping},
    {"quit", "", -1, "Ends the connection.", run_quit},
    {"reset", "", 1, "Puts the session back to its begin.", run_reset},
    {"select", "index", 2, "There is one database, 0.", run_select},
};

constexpr BytesView default_user = "default";
constexpr BytesView wrong_password = "WRONGPASS invalid username-password pair or user is disabled.";
constexpr BytesView wrong_name = "ERR Client names cannot contain spaces, newlines or special characters.";

bool is_fit_name(BytesView name) {
  constexpr std::size_t name_bytes_max = 256;  // each connection keeps it
  return name.size() <= name_bytes_max &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '!' && c <= '~'; });
}

std::string address(int socket, int (*ask)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  char text[INET6_ADDRSTRLEN] = "?";
  if (ask(socket, reinterpret_cast<sockaddr*>(&at), &size) != 0) return "?:0";
  if (at.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&at);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6->sin6_port));
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&at);
  inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(ntohs(v4->sin_port));
}

/// A line of CLIENT LIST.
Bytes describe(const RespConnection& client) {
  const RespSession& session = client.session;
  return "id=" + std::to_string(client.number()) + " addr=" + address(client.fd(), getpeername) +
         " laddr=" + address(client.fd(), getsockname) + " fd=" + std::to_string(client.fd()) +
         " name=" + session.name +
         " flags=N db=0 resp=" + (session.version == RespVersion::three ? "3" : "2") +
         " lib-name=" + session.library + " lib-ver=" + session.library_version + " user=default\n";
}

void set_client_info(RespCall& call) {
  const Bytes what = word(call, 2);
  const BytesView value = call.arguments[3];
  if (what != "lib-name" && what != "lib-ver") {
    call.out.error("ERR Unrecognized option '" + Bytes(call.arguments[2]) + "'");
  } else if (!is_fit_name(value)) {
    call.out.error("ERR " + what + " cannot contain spaces, newlines or special characters.");
  } else {
    (what == "lib-name" ? call.from.session.library : call.from.session.library_version) = value;
    call.out.ok();
  }
}

void set_client_name(RespCall& call) {
  if (!is_fit_name(call.arguments[2])) {
    call.out.error(wrong_name);
    return;
  }
  call.from.session.name = call.arguments[2];
  call.out.ok();
}

void set_client_reply(RespCall& call) {
  if (word(call, 2) == "on") {
    call.out.ok();
  } else {
    call.out.error("ERR CLIENT REPLY knows ON only: every command is answered here");
  }
}

/// True, or the reply is an error.
bool authenticate(RespCall& call, BytesView user) {
  if (user == default_user) return true;  // who has no password, as in a new Redis
  call.out.error(wrong_password);
  return false;
}

void tell_hello(RespCall& call) {
  call.out.map(7);
  const std::pair<BytesView, BytesView> texts[] = {{"server", "redis"}, {"version", redis_version}};
  for (const auto& [name, value] : texts) {
    call.out.bulk(name);
    call.out.bulk(value);
  }
  call.out.bulk("proto");
  call.out.integer(static_cast<std::int64_t>(call.out.version()));
  call.out.bulk("id");
  call.out.integer(static_cast<std::int64_t>(call.from.number()));
  call.out.bulk("mode");
  call.out.bulk("standalone");
  call.out.bulk("role");
  call.out.bulk("master");
  call.out.bulk("modules");
  call.out.array(0);
}

}  // namespace

std::span<const SessionCommand> session_commands() { return table; }

Bytes word(const RespCall& call, std::size_t at) { return lower(call.arguments[at]); }

void unknown_subcommand(RespCall& call) {
  constexpr std::size_t shown_bytes_max = 128;
  call.out.error("ERR unknown subcommand '" + Bytes(call.arguments[1].substr(0, shown_bytes_max)) +
                 "'. docs/redis.md lists those there are.");
}

bool has_arguments(RespCall& call, std::size_t least, std::size_t most) {
  if (call.arguments.size() >= least && call.arguments.size() <= most) return true;
  call.out.error("ERR wrong number of arguments for '" + word(call, 0) + "|" + word(call, 1) + "' command");
  return false;
}

void run_auth(RespCall& call) {
  if (call.arguments.size() > 3) {
    call.out.error("ERR syntax error");
  } else if (call.arguments.size() == 2) {
    call.out
        .error(
            "ERR AUTH <password> called without any password configured for the default user. Are you sure "
            "your " "configuration is correct?");
  } else if (authenticate(call, call.arguments[1])) {
    call.out.ok();
  }
}

void run_client(RespCall& call) {
  const Bytes what = word(call, 1);
  if (what == "id") {
    if (has_arguments(call, 2, 2)) call.out.integer(static_cast<std::int64_t>(call.from.number()));
  } else if (what == "getname") {
    if (!has_arguments(call, 2, 2)) return;
    call.from.session.name.empty() ? call.out.null() : call.out.bulk(call.from.session.name);
  } else if (what == "setname") {
    if (has_arguments(call, 3, 3)) set_client_name(call);
  } else if (what == "setinfo") {
    if (has_arguments(call, 4, 4)) set_client_info(call);
  } else if (what == "list" || what == "info") {
    call.out.verbatim(describe(call.from));
  } else if (what == "no-evict" || what == "no-touch") {
    if (has_arguments(call, 3, 3)) call.out.ok();  // nothing is evicted here
  } else if (what == "reply") {
    if (has_arguments(call, 3, 3)) set_client_reply(call);
  } else {
    unknown_subcommand(call);
  }
}

void run_echo(RespCall& call) { call.out.bulk(call.arguments[1]); }

void run_hello(RespCall& call) {
  RespVersion version = call.from.session.version;
  if (call.arguments.size() > 1) {
    const auto wanted = parse_integer(call.arguments[1]);
    if (!wanted) return call.out.error("ERR Protocol version is not an integer or out of range");
    if (*wanted != 2 && *wanted != 3) return call.out.error("NOPROTO unsupported protocol version");
    version = static_cast<RespVersion>(*wanted);
  }
  Bytes name = call.from.session.name;
  for (std::size_t at = 2; at < call.arguments.size();) {
    const std::size_t left = call.arguments.size() - at;
    const Bytes option = word(call, at);
    if (option == "auth" && left >= 3) {
      if (!authenticate(call, call.arguments[at + 1])) return;
      at += 3;
    } else if (option == "setname" && left >= 2) {
      name = call.arguments[at + 1];
      if (!is_fit_name(name)) return call.out.error(wrong_name);
      at += 2;
    } else {
      return call.out.error("ERR Syntax error in HELLO option '" + Bytes(call.arguments[at].substr(0, 128)) +
                            "'");
    }
  }
  call.from.session.name = std::move(name);
  call.from.session.version = version;
  call.out.set_version(version);
  tell_hello(call);
}

void run_level(RespCall& call) {
  RespSession& session = call.from.session;
  if (call.arguments.size() == 1) {
    call.out.array(2);
    call.out.bulk(to_string(session.read_level));
    call.out.bulk(to_string(session.write_level));
    return;
  }
  if (call.arguments.size() != 3)
    return call.out.error("ERR wrong number of arguments for 'cw.level' command");
  const auto read = parse_level(call.arguments[1]);
  const auto write = parse_level(call.arguments[2]);
  if (!read || !write) return call.out.error("ERR " + (read ? write : read).error().sentence);
  session.read_level = *read;
  session.write_level = *write;
  call.out.ok();
}

void run_ping(RespCall& call) {
  if (call.arguments.size() > 2) {
    call.out.error("ERR wrong number of arguments for 'ping' command");
  } else if (call.arguments.size() == 2) {
    call.out.bulk(call.arguments[1]);
  } else {
    call.out.status("PONG");
  }
}

void run_quit(RespCall& call) {
  call.out.ok();
  call.from.end();
}

void run_reset(RespCall& call) {
  call.from.session = {};
  call.out.set_version(RespVersion::two);
  call.out.status("RESET");
}

void run_select(RespCall& call) {
  const auto index = parse_integer(call.arguments[1]);
  if (!index) {
    call.out.error("ERR value is not an integer or out of range");
  } else if (*index != 0) {
    call.out.error(
        "ERR DB index is out of range: there is one database, 0; tell uses apart by the names of keys");
  } else {
    call.out.ok();
  }
}

}  // namespace causeway
