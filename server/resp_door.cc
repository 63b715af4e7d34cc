#include "server/resp_door.h"

#include <algorithm>

namespace causeway {
namespace {

constexpr std::size_t keys_max = 16'384;  // of one command: each is a request of its own

/// The arguments stay in the connection's buffer for the turn (net/byte_buffer.h). `key` is that of a command of many keys, else 0.
void fill(Request& request, const Command& command, RespArguments arguments, std::size_t key,
          const RespSession& session, bool stay) {
  request.read_level = session.read_level;
  request.write_level = session.write_level;
  request.arguments.borrow(command.name);
  if (key > 0) {
    request.arguments.borrow(arguments[key]);
  } else {
    for (const BytesView each : arguments.subspan(1)) request.arguments.borrow(each);
  }
  if (!stay) request.arguments.own();
}

RespForm form_of(const Command& command, RespArguments arguments) {
  if (command.traits.many_keys) return RespForm::sum;
  switch (shape_of(command, arguments)) {
    case ReplyShape::set: return RespForm::set;
    case ReplyShape::map: return RespForm::map;
    case ReplyShape::pairs: return RespForm::pairs;
    case ReplyShape::plain: break;
  }
  return RespForm::value;
}

void ask_store(RespConnection& from, const Command& command, RespArguments arguments) {
  const std::size_t parts = command.traits.many_keys ? arguments.size() - 1 : 1;
  if (parts > keys_max) {
    from.reply([&](RespWriter& out) {
      out.error("TOO_LARGE the command has " + std::to_string(parts) + " keys, the limit is " +
                std::to_string(keys_max) + ": split it");
    });
    return;
  }
  const std::uint64_t id = from.expect(form_of(command, arguments), static_cast<std::uint32_t>(parts));
  if (parts == 1) {
    fill(from.submit(id), command, arguments, 0, from.session, from.arguments_stay());
    return;
  }
  for (std::size_t key = 1; key <= parts; ++key)
    fill(from.submit(id), command, arguments, key, from.session, from.arguments_stay());
}

Bytes unknown_command(RespArguments arguments) {
  constexpr std::size_t shown_bytes_max = 128;
  Bytes text = "ERR unknown command '" + Bytes(arguments[0].substr(0, shown_bytes_max)) +
               "', with args beginning with: ";
  const std::size_t end = text.size() + shown_bytes_max;
  for (const BytesView each : arguments.subspan(1)) {
    if (text.size() >= end) break;
    text += "'" + Bytes(each.substr(0, end - text.size())) + "' ";
  }
  return text;
}

/// A string that is no number has the right type for Redis.
BytesView wrong_type_in_redis(BytesView sentence) {
  const bool is_field = sentence.starts_with("the field");
  if (sentence.find("is not an integer") != BytesView::npos) {
    return is_field ? "ERR hash value is not an integer" : "ERR value is not an integer or out of range";
  }
  if (sentence.find("is not a number") != BytesView::npos) {
    return is_field ? "ERR hash value is not a float" : "ERR value is not a valid float";
  }
  return "WRONGTYPE Operation against a key holding the wrong kind of value";
}

/// A page in a browser can make it send these to a port of this machine: what follows would be commands.
bool is_http(const Bytes& name) { return name == "post" || name == "host:"; }

}  // namespace

void RespDoor::command(RespConnection& from, RespArguments arguments) {
  const RespCommand* command = commands_.find(arguments[0]);
  if (command == nullptr) {
    if (is_http(lower(arguments[0].substr(0, 8)))) {
      from.abort();
    } else {
      from.reply([&](RespWriter& out) { out.error(unknown_command(arguments)); });
    }
  } else if (!command->takes(arguments.size())) {
    from.reply([&](RespWriter& out) {
      out.error("ERR wrong number of arguments for '" + command->name + "' command");
    });
  } else if (command->data != nullptr) {
    ask_store(from, *command->data, arguments);
  } else {
    from.reply([&](RespWriter& out) {
      RespCall call{*this, from, arguments, out};
      command->session->run(call);
    });
  }
}

/// docs/redis.md has the list.
void RespDoor::write_error(RespWriter& into, const Error& error) const {
  switch (error.code) {
    case ErrorCode::wrong_type: into.error(wrong_type_in_redis(error.sentence)); break;
    case ErrorCode::invalid:
      into.error((error.sentence.starts_with(cross_slot) ? "" : "ERR ") + error.sentence);
      break;
    default:
      std::string text(name_of(error.code));
      if (error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout) {
        text += " needed " + std::to_string(error.needed) +
                (error.code == ErrorCode::timeout ? ", acknowledged " : ", alive ") +
                std::to_string(error.got) + ":";
      }
      into.error(text + " " + error.sentence);
  }
}

}  // namespace causeway
