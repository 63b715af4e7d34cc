// Which words the RESP door knows: the data commands of the one table, and the commands of a session.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crdt/command.h"
#include "net/resp_connection.h"

namespace causeway {

class RespDoor;

/// One call of a session command.
struct RespCall {
  RespDoor& door;
  RespConnection& from;
  RespArguments arguments;  ///< the name and what follows it
  RespWriter& out;          ///< gets exactly one reply
};

/// What is answered here, without the store.
struct SessionCommand {
  BytesView name;       ///< lower case
  BytesView arguments;  ///< "key member [member ...]"
  int arity;            ///< as Command::arity
  BytesView help;       ///< one line
  void (*run)(RespCall& call);
};

std::span<const SessionCommand> session_commands();

/// A command under the name that RESP has for it.
struct RespCommand {
  Bytes name;                     ///< lower case, with "cw." before what Redis does not have
  const Command* data = nullptr;  ///< or
  const SessionCommand* session = nullptr;

  [[nodiscard]] int arity() const { return data != nullptr ? data->arity : session->arity; }
  [[nodiscard]] BytesView arguments() const { return data != nullptr ? data->arguments : session->arguments; }
  [[nodiscard]] BytesView help() const { return data != nullptr ? data->help : session->help; }
  [[nodiscard]] bool takes(std::size_t arguments) const;
};

/// All of them, found by name in any case without a search or an allocation.
class RespCommands {
 public:
  RespCommands();

  /// Null if there is none.
  [[nodiscard]] const RespCommand* find(BytesView name) const;
  /// Sorted by name.
  [[nodiscard]] std::span<const RespCommand> all() const { return all_; }

 private:
  std::vector<RespCommand> all_;
  std::vector<const RespCommand*> places_;  // a hash table with linear probing, at most a quarter full
};

/// In lower case, fit to compare. For what is not on the fast path.
Bytes lower(BytesView text);

}  // namespace causeway
