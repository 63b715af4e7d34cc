#include "wire/codec.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/serial.h"
#include "crdt/codec.h"
#include "wire/pack_reader.h"
#include "wire/pack_writer.h"

namespace causeway {
namespace {

// ---- The fields of each message, in order --------------------------------------------------------------------

template <class A> void fields(A& a, RequestId& m) { a(m.high, m.low, m.expires_ms); }
template <class A> void fields(A& a, Level& m) { a(m.kind, m.replicas); }
template <class A> void fields(A& a, Error& m) { a(m.code, m.tag, m.sentence, m.needed, m.got); }
template <class A> void fields(A& a, Hash128& m) { a(m.low, m.high); }
template <class A> void fields(A& a, Request& m) {
  a(m.id, m.arguments, m.read_level, m.write_level, m.timeout_ms, m.request_id, m.session);
}
template <class A> void fields(A& a, Response& m) { a(m.id, m.result, m.session); }
template <class A> void fields(A& a, Requests& m) { a(m.requests, m.epoch); }
template <class A> void fields(A& a, Responses& m) { a(m.responses, m.epoch); }
template <class A> void fields(A& /*a*/, AskTopology& /*m*/) {}
template <class A> void fields(A& a, TopologyReply& m) { a(m.epoch, m.topology); }
template <class A> void fields(A& /*a*/, AskStatus& /*m*/) {}
template <class A> void fields(A& a, Lag& m) { a(m.from, m.events, m.micros); }
template <class A> void fields(A& a, PeerStatus& m) { a(m.node, m.alive, m.serving); }
template <class A> void fields(A& a, NodeStatus& m) {
  a(m.node, m.datacenter, m.cluster_id, m.serving, m.ready, m.reason, m.epoch, m.incarnation, m.partitions, m.entries,
    m.log_bytes, m.state_bytes, m.divergences, m.dropped, m.operations, m.peers, m.lags);
}
template <class A> void fields(A& a, Heartbeat& m) { a(m.serving, m.fingerprint); }
template <class A> void fields(A& a, Hello& m) { a(m.incarnation, m.actor); }
template <class A> void fields(A& a, Heard& m) { a(m.partition, m.clock); }
template <class A> void fields(A& a, Counter& m) { a(m.partition, m.counter); }
template <class A> void fields(A& a, HelloReply& m) { a(m.incarnation, m.actor, m.counters, m.heard, m.complete); }
template <class A> void fields(A& a, Claim& m) { a(m.incarnation, m.actor); }
template <class A> void fields(A& a, ClaimReply& m) { a(m.incarnation); }
template <class A> void fields(A& a, Batch& m) { a(m.partition, m.want, m.events); }
template <class A> void fields(A& a, Replicate& m) { a(m.batches); }
template <class A> void fields(A& a, MemberClock& m) {
  a(m.partition, m.node, m.incarnation, m.actor, m.clock, m.digest, m.wall_ms, m.peers);
}
template <class A> void fields(A& a, Clocks& m) { a(m.urgent, m.clocks); }
template <class A> void fields(A& a, AskClock& m) { a(m.partition, m.round); }
template <class A> void fields(A& a, ClockAnswer& m) { a(m.round, m.complete, m.clock); }
template <class A> void fields(A& a, Subscribe& m) {
  a(m.partition, m.subscription, m.standing, m.credit, m.clock, m.origins);
}
template <class A> void fields(A& a, Run& m) {
  a(m.partition, m.subscription, m.number, m.caught_up, m.want, m.events);
}
template <class A> void fields(A& a, Credit& m) { a(m.partition, m.subscription, m.bytes); }
template <class A> void fields(A& a, Unsubscribe& m) { a(m.partition, m.subscription); }
template <class A> void fields(A& a, NeedFullSync& m) { a(m.partition, m.subscription, m.clock); }
template <class A> void fields(A& a, Hlc& m) { a(m.value); }
template <class A> void fields(A& a, Dot& m) { a(m.actor, m.counter); }
template <class A> void fields(A& a, EntryPosition& m) { a(m.key, m.path); }
template <class A> void fields(A& a, Entry& m) { a(m.key, m.path, m.dot, m.payload); }
template <class A> void fields(A& a, AskChunk& m) { a(m.partition, m.transfer, m.behind, m.upto); }
template <class A> void fields(A& a, Chunk& m) {
  a(m.partition, m.transfer, m.behind, m.upto, m.incarnation, m.clock, m.hlc, m.entries);
}
template <class A> void fields(A& a, EndTransfer& m) { a(m.partition, m.transfer); }
template <class A> void fields(A& a, Forward& m) { a(m.requests); }
template <class A> void fields(A& a, ForwardReply& m) { a(m.responses); }

// ---- Writing -------------------------------------------------------------------------------------------------

class Packer {
 public:
  explicit Packer(PackWriter& out) : out_(out) {}

  template <class... Fields>
  void operator()(Fields&... each) {
    (put(each), ...);
  }

  template <class T>
  void put(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.boolean(value);
    } else if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
      out_.natural(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, double>) {
      out_.number(value);
    } else if constexpr (std::is_integral_v<T>) {
      out_.integer(value);
    } else {
      put_object(value);
    }
  }

 private:
  struct CountFields {
    std::size_t count = 0;
    template <class... Fields>
    void operator()(Fields&... /*each*/) {
      count += sizeof...(Fields);
    }
  };

  template <class T>
  void put_object(T& message) {
    CountFields counter;
    fields(counter, message);
    out_.array(counter.count);
    fields(*this, message);
  }
  template <class Tag, class Rep>
  void put_object(StrongId<Tag, Rep>& id) {
    put(id.value);
  }
  void put_object(Bytes& bytes) { out_.bytes(bytes); }
  void put_object(ArgumentList& arguments) {
    out_.array(arguments.size());
    for (const BytesView argument : arguments) out_.bytes(argument);
  }
  template <class T>
  void put_object(std::vector<T>& items) {
    out_.array(items.size());
    for (T& item : items) put(item);
  }
  template <class T>
  void put_object(std::optional<T>& maybe) {
    if (maybe) {
      put(*maybe);
    } else {
      out_.nil();
    }
  }
  void put_object(VersionVector& vector) {
    Bytes bytes;
    encode_vector(vector, bytes);
    out_.bytes(bytes);
  }
  void put_object(std::variant<Value, Error>& result) {
    out_.array(2);
    out_.natural(result.index());
    if (auto* value = std::get_if<Value>(&result)) {
      put_object(*value);
    } else {
      put_object(std::get<Error>(result));
    }
  }
  void put_object(Value& value) {
    out_.array(2);
    out_.natural(value.index());
    std::visit(
        [this](auto& held) {
          using Held = std::decay_t<decltype(held)>;
          if constexpr (std::is_same_v<Held, Nil>) {
            out_.nil();
          } else if constexpr (std::is_same_v<Held, Status>) {
            put(held.text);
          } else {
            put(held);
          }
        },
        static_cast<Value::Variant&>(value));
  }

  PackWriter& out_;
};

// ---- Reading: the first fault sticks --------------------------------------------------------------------------

/// The fields of one array; what it does not know behind them is passed over at the end.
class Unpacker {
 public:
  Unpacker(PackReader& in, bool borrowing) : in_(in), left_(in.enter()), borrowing_(borrowing) {}
  ~Unpacker() {
    for (; left_ > 0 && in_.ok(); --left_) in_.skip();
    in_.leave();
  }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  template <class... Fields>
  void operator()(Fields&... each) {
    (take(each), ...);
  }
  template <class T>
  void take(T& value) {
    if (left_ == 0) return in_.fail();
    --left_;
    get(value);
  }

 private:
  /// Room for so many elements is made before they are seen to be there.
  static constexpr std::size_t trusted_max = 64;

  template <class T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = in_.boolean();
    } else if constexpr (std::is_enum_v<T>) {
      const auto number = static_cast<T>(in_.integer<std::uint8_t>());
      if (!in_range(number)) return in_.fail();
      value = number;
    } else if constexpr (std::is_same_v<T, double>) {
      value = in_.number();
    } else if constexpr (std::is_integral_v<T>) {
      value = in_.integer<T>();
    } else {
      get_object(value);
    }
  }

  static bool in_range(Want want) { return want <= Want::everywhere; }
  static bool in_range(Level::Kind kind) { return kind <= Level::Kind::count; }
  static bool in_range(ErrorCode code) { return name_of(code) != "UNKNOWN"; }
  static bool in_range(ErrorTag tag) { return name_of(tag) != "unknown"; }

  template <class T>
  void get_object(T& message) {
    Unpacker inner(in_, borrowing_);
    fields(inner, message);
  }
  template <class Tag, class Rep>
  void get_object(StrongId<Tag, Rep>& id) {
    id.value = in_.integer<Rep>();
  }
  void get_object(Bytes& bytes) { bytes = in_.bytes(); }
  void get_object(ArgumentList& arguments) {
    std::size_t left = in_.enter();
    for (; left > 0 && in_.ok(); --left) arguments.borrow(in_.bytes());
    in_.leave();
    if (!borrowing_) arguments.own();
  }
  template <class T>
  void get_object(std::vector<T>& items) {
    Unpacker inner(in_, borrowing_);
    items.reserve(std::min(inner.left_, trusted_max));
    while (inner.left_ > 0 && in_.ok()) inner.take(items.emplace_back());
  }
  template <class T>
  void get_object(std::optional<T>& maybe) {
    maybe.reset();
    if (!in_.nil()) get(maybe.emplace());
  }
  void get_object(VersionVector& vector) {
    Reader reader(in_.bytes());
    vector = decode_vector(reader);
    if (!reader.done()) in_.fail();
  }
  void get_object(std::variant<Value, Error>& result) {
    Unpacker inner(in_, borrowing_);
    std::uint64_t index = 0;
    inner.take(index);
    if (index == 0) {
      inner.take(result.emplace<Value>());
    } else if (index == 1) {
      inner.take(result.emplace<Error>());
    } else {
      in_.fail();
    }
  }
  void get_object(Value& value) {
    Unpacker inner(in_, borrowing_);
    std::uint64_t index = 0;
    inner.take(index);
    switch (index) {
      case 0: value = Nil{}; break;
      case 1: inner.take(value.emplace<Status>().text); break;
      case 2: inner.take(value.emplace<std::int64_t>()); break;
      case 3: inner.take(value.emplace<Bytes>()); break;
      case 4: inner.take(value.emplace<std::vector<Value>>()); break;
      case 5: inner.take(value.emplace<double>()); break;
      default: in_.fail();
    }
  }

  PackReader& in_;
  std::size_t left_;
  bool borrowing_;
};

/// Calls make<Index>() of the alternative with this number.
template <class Variant, std::size_t... Index>
bool emplace_kind(Variant& variant, std::uint64_t kind, std::index_sequence<Index...> /*all*/) {
  return ((kind == Index && (variant.template emplace<Index>(), true)) || ...);
}
template <class Variant>
bool emplace_kind(Variant& variant, std::uint64_t kind) {
  return emplace_kind(variant, kind, std::make_index_sequence<std::variant_size_v<Variant>>{});
}

constexpr std::size_t client_head = 2;
constexpr std::size_t peer_head = 6;

/// Packing only reads, but one `fields` serves both directions.
template <class T>
T& mutable_view(const T& value) {
  return const_cast<T&>(value);
}

template <class Variant>
void pack_message(Packer& packer, const Variant& message) {
  std::visit([&](const auto& held) { packer.put(mutable_view(held)); }, message);
}

template <class Variant>
void unpack_message(Unpacker& in, PackReader& reader, std::uint64_t kind, Variant& message) {
  if (!reader.ok() || !emplace_kind(message, kind)) return reader.fail();
  std::visit([&](auto& held) { in.take(held); }, message);
}

PackReader reader_of(BytesView bytes) { return {bytes, WireLimits::depth_max, WireLimits::array_max}; }

tl::unexpected<Error> too_large() { return fail(ErrorCode::too_large, "message over the limit"); }

Result<void> check_whole(const PackReader& reader, BytesView what) {
  if (!reader.ok()) return fail(ErrorCode::invalid, "malformed " + Bytes(what));
  if (!reader.at_end()) return fail(ErrorCode::invalid, "bytes left over behind a message");
  return {};
}

Error foreign_version(std::uint64_t version) {
  return Error{ErrorCode::invalid, ErrorTag::fatal,
               "protocol version " + std::to_string(version) + " is not " + std::to_string(protocol_version) +
                   ": use programs of one release",
               0, 0};
}

constexpr std::size_t usual_bytes = 256;

/// What messages of many parts will take, or a little more: growing them copies.
std::size_t expected_bytes(const ClientMessage& message) {
  constexpr std::size_t request_bytes = 56;
  constexpr std::size_t response_bytes = 24;
  std::size_t bytes = usual_bytes;
  if (const auto* asked = std::get_if<Requests>(&message)) {
    for (const Request& each : asked->requests) bytes += request_bytes + each.arguments.bytes();
  } else if (const auto* answers = std::get_if<Responses>(&message)) {
    for (const Response& each : answers->responses) {
      const auto* value = std::get_if<Value>(&each.result);
      const auto* text = value == nullptr ? nullptr : std::get_if<Bytes>(value);
      bytes += response_bytes + (text == nullptr ? 0 : text->size());
    }
  }
  return bytes;
}

Result<ClientMessage> decode_client_message(BytesView bytes, bool borrowing) {
  if (bytes.size() > WireLimits::message_bytes_max) return too_large();
  PackReader reader = reader_of(bytes);
  ClientMessage message;
  {
    Unpacker in(reader, borrowing);
    std::uint64_t version = 0;
    std::uint64_t kind = 0;
    in(version, kind);
    if (reader.ok() && version != protocol_version) return tl::unexpected(foreign_version(version));
    unpack_message(in, reader, kind, message);
  }
  CW_TRY_VOID(check_whole(reader, "client message"));
  return message;
}

}  // namespace

Bytes encode(const ClientMessage& message) {
  PackWriter out(expected_bytes(message));
  out.array(client_head + 1);
  out.natural(protocol_version);
  out.natural(message.index());
  Packer packer(out);
  pack_message(packer, message);
  return out.take();
}

Bytes encode(const Envelope& envelope) {
  PackWriter out(usual_bytes);
  out.array(peer_head + 1);
  out.natural(protocol_version);
  out.natural(envelope.message.index());
  Packer packer(out);
  Envelope& head = mutable_view(envelope);
  packer(head.cluster, head.from, head.run, head.epoch);
  pack_message(packer, envelope.message);
  return out.take();
}

Result<ClientMessage> decode_client_message(BytesView bytes) { return decode_client_message(bytes, false); }

Result<ClientMessage> decode_client_message(BytesView bytes, std::shared_ptr<const void> owner) {
  CW_TRY(ClientMessage message, decode_client_message(bytes, true));
  if (auto* requests = std::get_if<Requests>(&message)) requests->memory = std::move(owner);
  return message;
}

Result<Envelope> decode_envelope(BytesView bytes) {
  if (bytes.size() > WireLimits::message_bytes_max) return too_large();
  PackReader reader = reader_of(bytes);
  Envelope envelope;
  {
    Unpacker in(reader, false);
    std::uint64_t version = 0;
    std::uint64_t kind = 0;
    in(version, kind);
    if (reader.ok() && version != protocol_version) return tl::unexpected(foreign_version(version));
    in(envelope.cluster, envelope.from, envelope.run, envelope.epoch);
    unpack_message(in, reader, kind, envelope.message);
  }
  CW_TRY_VOID(check_whole(reader, "peer message"));
  return envelope;
}

}  // namespace causeway
