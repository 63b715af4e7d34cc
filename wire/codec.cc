#include "wire/codec.h"

#include <algorithm>
#include <msgpack.hpp>
#include <type_traits>
#include <utility>

#include "base/serial.h"
#include "crdt/codec.h"

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
  a(m.partition, m.node, m.incarnation, m.actor, m.clock, m.digest);
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
template <class A> void fields(A& a, Forward& m) { a(m.id, m.request); }
template <class A> void fields(A& a, ForwardReply& m) { a(m.id, m.response); }

// ---- Writing -------------------------------------------------------------------------------------------------

/// The buffer that the packer writes to.
struct Sink {
  Bytes& out;
  void write(const char* data, std::size_t size) { out.append(data, size); }
};

class Packer {
 public:
  explicit Packer(Bytes& out) : sink_{out}, pack_(sink_) {}

  template <class... Fields>
  void operator()(Fields&... each) {
    (put(each), ...);
  }
  void array(std::size_t size) { pack_.pack_array(static_cast<std::uint32_t>(size)); }

  template <class T>
  void put(T& value) {
    if constexpr (std::is_enum_v<T>) {
      pack_.pack(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
      pack_.pack(value);
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
    array(counter.count);
    fields(*this, message);
  }
  template <class Tag, class Rep>
  void put_object(StrongId<Tag, Rep>& id) {
    pack_.pack(id.value);
  }
  void put_object(Bytes& bytes) { put_bytes(bytes); }
  void put_bytes(BytesView bytes) {
    pack_.pack_bin(static_cast<std::uint32_t>(bytes.size()));
    pack_.pack_bin_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  }
  void put_object(ArgumentList& arguments) {
    array(arguments.size());
    for (const BytesView argument : arguments) put_bytes(argument);
  }
  template <class T>
  void put_object(std::vector<T>& items) {
    array(items.size());
    for (T& item : items) put(item);
  }
  template <class T>
  void put_object(std::optional<T>& maybe) {
    if (maybe) {
      put(*maybe);
    } else {
      pack_.pack_nil();
    }
  }
  void put_object(VersionVector& vector) {
    Bytes bytes;
    encode_vector(vector, bytes);
    put_object(bytes);
  }
  void put_object(std::variant<Value, Error>& result) {
    array(2);
    put_index(result.index());
    if (auto* value = std::get_if<Value>(&result)) {
      put_object(*value);
    } else {
      put_object(std::get<Error>(result));
    }
  }
  void put_object(Value& value) {
    array(2);
    put_index(value.index());
    std::visit(
        [this](auto& held) {
          using Held = std::decay_t<decltype(held)>;
          if constexpr (std::is_same_v<Held, Nil>) {
            pack_.pack_nil();
          } else if constexpr (std::is_same_v<Held, Status>) {
            put(held.text);
          } else {
            put(held);
          }
        },
        static_cast<std::variant<Nil, Status, std::int64_t, Bytes, std::vector<Value>>&>(value));
  }
  void put_index(std::size_t index) { pack_.pack(static_cast<std::uint64_t>(index)); }

  Sink sink_;
  msgpack::packer<Sink> pack_;
};

// ---- Reading: the first fault sticks --------------------------------------------------------------------------

class Unpacker {
 public:
  explicit Unpacker(const msgpack::object& array, std::size_t from, bool& ok) : ok_(ok) {
    if (array.type != msgpack::type::ARRAY) {
      ok_ = false;
      return;
    }
    next_ = array.via.array.ptr + from;
    left_ = array.via.array.size - from;
  }

  template <class... Fields>
  void operator()(Fields&... each) {
    (take(each), ...);
  }
  template <class T>
  void take(T& value) {
    if (left_ == 0 || !ok_) {
      ok_ = false;
      return;
    }
    const msgpack::object& from = *next_;
    ++next_;
    --left_;
    get(from, value);
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  template <class T>
  void get(const msgpack::object& from, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      ok_ = ok_ && from.type == msgpack::type::BOOLEAN;
      if (ok_) value = from.via.boolean;
    } else if constexpr (std::is_enum_v<T>) {
      std::uint64_t number = 0;
      get_integer(from, number);
      ok_ = ok_ && number <= 255 && in_range(static_cast<T>(number));
      if (ok_) value = static_cast<T>(number);
    } else if constexpr (std::is_integral_v<T>) {
      get_integer(from, value);
    } else {
      get_object(from, value);
    }
  }

  static bool in_range(Want want) { return want <= Want::everywhere; }
  static bool in_range(Level::Kind kind) { return kind <= Level::Kind::count; }
  static bool in_range(ErrorCode code) { return name_of(code) != "UNKNOWN"; }
  static bool in_range(ErrorTag tag) { return name_of(tag) != "unknown"; }

  template <class T>
  void get_integer(const msgpack::object& from, T& value) {
    if (from.type == msgpack::type::POSITIVE_INTEGER && std::in_range<T>(from.via.u64)) {
      value = static_cast<T>(from.via.u64);
    } else if (from.type == msgpack::type::NEGATIVE_INTEGER && std::in_range<T>(from.via.i64)) {
      value = static_cast<T>(from.via.i64);
    } else {
      ok_ = false;
    }
  }
  template <class T>
  void get_object(const msgpack::object& from, T& message) {
    Unpacker inner(from, 0, ok_);
    if (ok_) fields(inner, message);
  }
  template <class Tag, class Rep>
  void get_object(const msgpack::object& from, StrongId<Tag, Rep>& id) {
    get_integer(from, id.value);
  }
  void get_object(const msgpack::object& from, Bytes& bytes) {
    if (from.type == msgpack::type::BIN) {
      bytes.assign(from.via.bin.ptr, from.via.bin.size);
    } else if (from.type == msgpack::type::STR) {
      bytes.assign(from.via.str.ptr, from.via.str.size);
    } else {
      ok_ = false;
    }
  }
  void get_object(const msgpack::object& from, ArgumentList& arguments) {
    ok_ = ok_ && from.type == msgpack::type::ARRAY;
    for (std::uint32_t i = 0; ok_ && i < from.via.array.size; ++i) {
      const msgpack::object& each = from.via.array.ptr[i];
      if (each.type == msgpack::type::BIN) {
        arguments.borrow({each.via.bin.ptr, each.via.bin.size});
      } else if (each.type == msgpack::type::STR) {
        arguments.borrow({each.via.str.ptr, each.via.str.size});
      } else {
        ok_ = false;
      }
    }
    arguments.own();
  }
  template <class T>
  void get_object(const msgpack::object& from, std::vector<T>& items) {
    Unpacker inner(from, 0, ok_);
    if (!ok_) return;
    while (ok_ && inner.left_ > 0) inner.take(items.emplace_back());
  }
  template <class T>
  void get_object(const msgpack::object& from, std::optional<T>& maybe) {
    maybe.reset();
    if (from.type != msgpack::type::NIL) get(from, maybe.emplace());
  }
  void get_object(const msgpack::object& from, VersionVector& vector) {
    Bytes bytes;
    get_object(from, bytes);
    Reader reader(bytes);
    vector = decode_vector(reader);
    ok_ = ok_ && reader.done();
  }
  void get_object(const msgpack::object& from, std::variant<Value, Error>& result) {
    Unpacker inner(from, 0, ok_);
    std::uint64_t index = 0;
    if (ok_) inner.take(index);
    if (!ok_) return;
    if (index == 0) {
      inner.take(result.emplace<Value>());
    } else if (index == 1) {
      inner.take(result.emplace<Error>());
    } else {
      ok_ = false;
    }
  }
  void get_object(const msgpack::object& from, Value& value) {
    Unpacker inner(from, 0, ok_);
    std::uint64_t index = 0;
    if (ok_) inner.take(index);
    if (!ok_) return;
    switch (index) {
      case 0: value = Nil{}; break;
      case 1: inner.take(value.emplace<Status>().text); break;
      case 2: inner.take(value.emplace<std::int64_t>()); break;
      case 3: inner.take(value.emplace<Bytes>()); break;
      case 4: inner.take(value.emplace<std::vector<Value>>()); break;
      default: ok_ = false;
    }
  }

  const msgpack::object* next_ = nullptr;
  std::size_t left_ = 0;
  bool& ok_;
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

Result<msgpack::object_handle> unpack(BytesView bytes) {
  if (bytes.size() > WireLimits::message_bytes_max) return fail(ErrorCode::too_large, "message over the limit");
  try {
    std::size_t offset = 0;
    // An element takes a byte at least: a short message cannot announce long arrays.
    const msgpack::unpack_limit limit(std::min(WireLimits::array_max, bytes.size()), 0, WireLimits::message_bytes_max,
                                      WireLimits::message_bytes_max, 0, WireLimits::depth_max);
    auto handle = msgpack::unpack(
        bytes.data(), bytes.size(), offset, [](msgpack::type::object_type, std::size_t, void*) { return true; },
        nullptr, limit);
    if (offset != bytes.size()) return fail(ErrorCode::invalid, "bytes left over behind a message");
    return handle;
  } catch (const std::exception& error) {
    return fail(ErrorCode::invalid, std::string("not a message: ") + error.what());
  }
}

template <class Variant>
bool unpack_message(Unpacker& in, std::uint64_t kind, Variant& message) {
  if (!in.ok() || !emplace_kind(message, kind)) return false;
  std::visit([&](auto& held) { in.take(held); }, message);
  return in.ok();
}

Error foreign_version(std::uint64_t version) {
  return Error{ErrorCode::invalid, ErrorTag::fatal,
               "protocol version " + std::to_string(version) + " is not " + std::to_string(protocol_version) +
                   ": use programs of one release",
               0, 0};
}

}  // namespace

Bytes encode(const ClientMessage& message) {
  Bytes out;
  Packer packer(out);
  packer.array(client_head + 1);
  std::uint64_t version = protocol_version;
  std::uint64_t kind = message.index();
  packer(version, kind);
  pack_message(packer, message);
  return out;
}

Bytes encode(const Envelope& envelope) {
  Bytes out;
  Packer packer(out);
  packer.array(peer_head + 1);
  std::uint64_t version = protocol_version;
  std::uint64_t kind = envelope.message.index();
  Envelope& head = mutable_view(envelope);
  packer(version, kind, head.cluster, head.from, head.run, head.epoch);
  pack_message(packer, envelope.message);
  return out;
}

Result<ClientMessage> decode_client_message(BytesView bytes) {
  CW_TRY(const auto handle, unpack(bytes));
  bool ok = true;
  Unpacker in(handle.get(), 0, ok);
  std::uint64_t version = 0;
  std::uint64_t kind = 0;
  in(version, kind);
  if (in.ok() && version != protocol_version) return tl::unexpected(foreign_version(version));
  ClientMessage message;
  if (!unpack_message(in, kind, message)) return fail(ErrorCode::invalid, "malformed client message");
  return message;
}

Result<Envelope> decode_envelope(BytesView bytes) {
  CW_TRY(const auto handle, unpack(bytes));
  bool ok = true;
  Unpacker in(handle.get(), 0, ok);
  std::uint64_t version = 0;
  std::uint64_t kind = 0;
  Envelope envelope;
  in(version, kind);
  if (in.ok() && version != protocol_version) return tl::unexpected(foreign_version(version));
  in(envelope.cluster, envelope.from, envelope.run, envelope.epoch);
  if (!unpack_message(in, kind, envelope.message)) return fail(ErrorCode::invalid, "malformed peer message");
  return envelope;
}

}  // namespace causeway
