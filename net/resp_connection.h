// One connection that speaks the Redis protocol: bytes in, commands out; answers in, bytes out, in the order of the commands.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "net/byte_buffer.h"
#include "net/poller.h"
#include "net/resp_parser.h"
#include "net/resp_writer.h"
#include "wire/mail.h"

namespace causeway {

class RespConnection;

/// What becomes of commands: the door to the store, which lives above the sockets.
class RespHandler {
 public:
  virtual ~RespHandler() = default;
  /// One command. It calls exactly one of from.reply() and from.expect(), or from.end(). The arguments are valid during the call.
  virtual void command(RespConnection& from, RespArguments arguments) = 0;
  virtual void write_error(RespWriter& into, const Error& error) const = 0;
};

/// How the answers to a command become one reply.
enum class RespForm : std::uint8_t {
  value,  ///< as it is
  set,    ///< its array is a set
  map,    ///< its array is a map
  pairs,  ///< its array is one of pairs
  sum,    ///< of the numbers of several requests; the first error instead, if one fails
};

/// What the session commands have set.
struct RespSession {
  RespVersion version = RespVersion::two;
  Bytes name;
  Bytes library;
  Bytes library_version;
  Level read_level;
  Level write_level;
};

/// What the connections of a port share.
struct RespShared {
  const RespLimits& limits;
  RespHandler& handler;
  SpareBuffers spare{limits.read_bytes, limits.spare_buffers_max};
  std::size_t input_bytes = 0;   ///< of memory, over all connections
  std::size_t output_bytes = 0;  ///< that wait for their readers
  std::uint64_t commands = 0;
  std::uint64_t cut_off = 0;  ///< connections that went over a limit
  std::uint64_t protocol_errors = 0;
};

class RespConnection {
 public:
  /// `ready` is called by the poller with the events of the connection. `shared` must outlive it.
  RespConnection(RespShared& shared, ClientId id, std::uint64_t number, Poller& poller, Fd socket,
                 Poller::Handler ready);
  ~RespConnection();
  RespConnection(const RespConnection&) = delete;
  RespConnection& operator=(const RespConnection&) = delete;

  // ---- For the port ----

  /// The socket is ready for these: reads once, unless commands wait that were read before.
  void ready(std::uint32_t events);
  /// Hands complete commands to the handler, and gives what they ask of the store, until either are `commands_max`. How many
  /// there were of the more numerous.
  std::size_t take(std::size_t commands_max, Requests& into);
  /// The answer to a request that take() gave. One to an earlier command waits for it.
  void answer(Response&& response);
  /// Sends what is there, in one write; what does not fit waits for the socket.
  void flush();
  /// After the turn: what it needs no longer is free for others, and it waits for what may come next.
  void settle();

  /// take() may have more without reading.
  [[nodiscard]] bool has_more() const { return more_ && !finishing_ && !over_ && !is_full(); }
  /// Nothing will come of it any more.
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] ClientId id() const { return id_; }

  bool queued = false;             ///< the port has it on its list for the next take()
  bool dirty = false;              ///< the port has it on its list for the next flush()
  std::size_t usual_requests = 0;  ///< of the last take(), as a guess for the next
  static constexpr std::size_t usual_requests_max = 64;
  std::uint32_t events = 0;  ///< since the last ready()

  // ---- For the handler, during a command ----

  /// Replies now: write(RespWriter&) is called, and what it writes leaves behind the replies that are still to come.
  template <class Write>
  void reply(Write write) {
    if (live() == 0) {
      RespWriter writer = output_writer(session.version);
      write(writer);
      check_output();
      return;
    }
    ByteBuffer text;
    RespWriter writer(text, session.version);
    write(writer);
    hold_text(Bytes(text.view()));
  }
  /// Replies once as many requests as `parts` are answered; submit() gives the id for each of them.
  std::uint64_t expect(RespForm form, std::uint32_t parts);
  /// The command's arguments stay where they are until the turn's replies are sent; else only during the call.
  [[nodiscard]] bool arguments_stay() const { return parser_.in_input(); }
  /// A request to fill in.
  Request& submit(std::uint64_t id);
  /// Takes no more commands; ends when all replies have left.
  void end() { finishing_ = true; }
  /// Ends at once.
  void abort() { over_ = true; }

  RespSession session;
  /// Counts up from 1 over the connections of the port.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  /// Held until the replies before it have left.
  using Held = std::variant<std::variant<Value, Error>, Bytes>;
  struct Slot {
    RespForm form;
    RespVersion version;
    bool done;
    std::uint32_t parts;  // answers to come
    std::int64_t sum;
    std::size_t held_bytes;
    std::unique_ptr<Held> held;
  };

  [[nodiscard]] std::size_t live() const { return slots_.size() - head_; }
  [[nodiscard]] bool is_full() const;
  void hold_text(Bytes text);
  void read();
  void hold(Slot& slot, Held held);
  void write(const Slot& slot, const std::variant<Value, Error>& result);
  void write_held(Slot& slot);
  RespWriter output_writer(RespVersion version);
  void pop();
  void check_output();
  void send_output();
  void cut_off();
  void account();

  RespShared& shared_;
  ClientId id_;
  std::uint64_t number_;
  Fd socket_;
  Poller::Watch watch_;
  RespParser parser_;
  ByteBuffer input_;
  ByteBuffer output_;
  Requests* requests_ = nullptr;  // during take()
  std::vector<Slot> slots_;       // from head_ on: in the order of the commands
  std::size_t head_ = 0;
  std::uint64_t first_ = 1;  // the request id of slots_[head_]
  std::size_t held_bytes_ = 0;
  std::size_t input_counted_ = 0;  // in shared_
  std::size_t output_counted_ = 0;
  bool more_ = false;     // the parser stopped at a limit, not for want of bytes
  bool blocked_ = false;  // the socket takes no more for now
  bool finishing_ = false;
  bool over_ = false;
};

}  // namespace causeway
