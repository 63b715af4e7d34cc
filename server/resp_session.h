// The session commands, by what they are about. Each writes one reply.
#pragma once

#include "server/resp_commands.h"

namespace causeway {

// server/resp_session.cc: of the connection
void run_auth(RespCall& call);
void run_client(RespCall& call);
void run_echo(RespCall& call);
void run_hello(RespCall& call);
void run_level(RespCall& call);
void run_ping(RespCall& call);
void run_quit(RespCall& call);
void run_reset(RespCall& call);
void run_select(RespCall& call);

// server/resp_about.cc: of the node and its commands
void run_command(RespCall& call);
void run_config(RespCall& call);
void run_info(RespCall& call);

/// An argument that is a word of the protocol, in lower case.
Bytes word(const RespCall& call, std::size_t at);
/// "ERR unknown subcommand …", as Redis says it.
void unknown_subcommand(RespCall& call);
/// Whether the call has from `least` to `most` arguments, name and subcommand included; if not, that is the reply.
bool has_arguments(RespCall& call, std::size_t least, std::size_t most);

}  // namespace causeway
