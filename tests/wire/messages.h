// Any message there is, made of numbers, and any message as text, for comparing. Each struct's fields are taken apart by
// their number: a field that is added to a message does not compile until it stands here, too.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "wire/message.h"

namespace causeway::test {

template <class Message>
constexpr std::size_t field_count = 0;
template <>
constexpr std::size_t field_count<RequestId> = 3;
template <>
constexpr std::size_t field_count<Level> = 2;
template <>
constexpr std::size_t field_count<Error> = 5;
template <>
constexpr std::size_t field_count<Hash128> = 2;
template <>
constexpr std::size_t field_count<Status> = 1;
template <>
constexpr std::size_t field_count<Request> = 7;
template <>
constexpr std::size_t field_count<Response> = 3;
template <>
constexpr std::size_t field_count<Responses> = 2;
template <>
constexpr std::size_t field_count<TopologyReply> = 2;
template <>
constexpr std::size_t field_count<Lag> = 3;
template <>
constexpr std::size_t field_count<PeerStatus> = 3;
template <>
constexpr std::size_t field_count<NodeStatus> = 17;
template <>
constexpr std::size_t field_count<Heartbeat> = 2;
template <>
constexpr std::size_t field_count<Hello> = 2;
template <>
constexpr std::size_t field_count<Counter> = 2;
template <>
constexpr std::size_t field_count<HelloReply> = 5;
template <>
constexpr std::size_t field_count<Heard> = 2;
template <>
constexpr std::size_t field_count<Hlc> = 1;
template <>
constexpr std::size_t field_count<Dot> = 2;
template <>
constexpr std::size_t field_count<EntryPosition> = 2;
template <>
constexpr std::size_t field_count<Entry> = 4;
template <>
constexpr std::size_t field_count<AskChunk> = 4;
template <>
constexpr std::size_t field_count<Chunk> = 8;
template <>
constexpr std::size_t field_count<EndTransfer> = 2;
template <>
constexpr std::size_t field_count<Claim> = 2;
template <>
constexpr std::size_t field_count<ClaimReply> = 1;
template <>
constexpr std::size_t field_count<Batch> = 3;
template <>
constexpr std::size_t field_count<Replicate> = 1;
template <>
constexpr std::size_t field_count<MemberClock> = 8;
template <>
constexpr std::size_t field_count<Clocks> = 2;
template <>
constexpr std::size_t field_count<AskClock> = 2;
template <>
constexpr std::size_t field_count<ClockAnswer> = 3;
template <>
constexpr std::size_t field_count<Subscribe> = 6;
template <>
constexpr std::size_t field_count<Run> = 6;
template <>
constexpr std::size_t field_count<Credit> = 3;
template <>
constexpr std::size_t field_count<Unsubscribe> = 2;
template <>
constexpr std::size_t field_count<NeedFullSync> = 3;
template <>
constexpr std::size_t field_count<Forward> = 1;
template <>
constexpr std::size_t field_count<ForwardReply> = 1;
template <>
constexpr std::size_t field_count<Envelope> = 5;

/// References to all fields.
template <class Message>
auto parts(Message& m) {
  constexpr std::size_t count = field_count<Message>;
  if constexpr (count == 0) {
    static_assert(std::is_empty_v<Message>, "give its field_count");
    return std::tie();
  } else if constexpr (count == 1) {
    auto& [a] = m;
    return std::tie(a);
  } else if constexpr (count == 2) {
    auto& [a, b] = m;
    return std::tie(a, b);
  } else if constexpr (count == 3) {
    auto& [a, b, c] = m;
    return std::tie(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = m;
    return std::tie(a, b, c, d);
  } else if constexpr (count == 5) {
    auto& [a, b, c, d, e] = m;
    return std::tie(a, b, c, d, e);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, f] = m;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, f, g] = m;
    return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, f, g, h] = m;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 17) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q, r] = m;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q, r);
  }
}

/// The memory that it may borrow from does not travel.
inline auto parts(Requests& m) {
  auto& [requests, epoch, memory] = m;
  return std::tie(requests, epoch);
}

/// Turns numbers into messages; behind the last number stand zeros.
class Maker {
 public:
  explicit Maker(const std::vector<std::uint64_t>& numbers) : numbers_(numbers) {}

  std::uint64_t next() { return at_ < numbers_.size() ? numbers_[at_++] : 0; }

  template <class T>
  void fill(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = next() % 2 == 1;
    } else if constexpr (std::is_enum_v<T>) {
      fill_enum(value);
    } else if constexpr (std::is_integral_v<T>) {
      fill_integer(value);
    } else if constexpr (std::is_same_v<T, double>) {
      value = static_cast<double>(next() % 1000) + 0.5;  // the library packs whole numbers as integers
    } else {
      fill_object(value);
    }
  }
  /// The alternative with this index.
  template <class Variant, std::size_t Index = 0>
  void fill_kind(Variant& variant, std::size_t index) {
    if constexpr (Index < std::variant_size_v<Variant>) {
      if (index != Index) return fill_kind<Variant, Index + 1>(variant, index);
      fill(variant.template emplace<Index>());
    }
  }

 private:
  static constexpr std::size_t list_max = 3;
  static constexpr std::size_t value_depth_max = 3;

  template <class T>
  void fill_integer(T& value) {
    using Limits = std::numeric_limits<T>;
    const std::uint64_t number = next();
    switch (number % 4) {
      case 0: value = Limits::max(); break;
      case 1: value = Limits::min(); break;
      default: value = static_cast<T>(number / 4);
    }
  }
  void fill_enum(Want& value) { value = static_cast<Want>(next() % 3); }
  void fill_enum(Level::Kind& value) { value = static_cast<Level::Kind>(next() % 9); }
  void fill_enum(ErrorCode& value) { value = static_cast<ErrorCode>(1 + next() % 12); }
  void fill_enum(ErrorTag& value) { value = static_cast<ErrorTag>(1 + next() % 3); }

  template <class T>
  void fill_object(T& message) {
    std::apply([this](auto&... each) { (fill(each), ...); }, parts(message));
  }
  template <class Tag, class Rep>
  void fill_object(StrongId<Tag, Rep>& id) {
    fill(id.value);
  }
  void fill_object(Bytes& bytes) {
    bytes.resize(next() % 40);
    for (char& each : bytes) each = static_cast<char>(next());
  }
  void fill_object(ArgumentList& arguments) {
    std::vector<Bytes> items;
    fill_object(items);
    arguments = items;
  }
  template <class T>
  void fill_object(std::vector<T>& items) {
    items.resize(next() % (list_max + 1));
    for (T& item : items) fill(item);
  }
  template <class T>
  void fill_object(std::optional<T>& maybe) {
    if (next() % 2 == 1) fill(maybe.emplace());
  }
  void fill_object(VersionVector& vector) {
    for (std::size_t rows = next() % (list_max + 1); rows > 0; --rows) {
      Dot dot;
      fill(dot.actor);
      dot.counter = 1 + next() / 2;
      vector.raise(dot);
    }
  }
  void fill_object(std::variant<Value, Error>& result) { fill_kind(result, next() % 2); }
  void fill_object(Value& value) {
    ++value_depth_;
    constexpr std::size_t nests = 4;  // an array of values
    const std::size_t kind = next() % std::variant_size_v<Value::Variant>;
    fill_kind(static_cast<Value::Variant&>(value), kind == nests && value_depth_ == value_depth_max ? 0 : kind);
    --value_depth_;
  }

  const std::vector<std::uint64_t>& numbers_;
  std::size_t at_ = 0;
  std::size_t value_depth_ = 0;
};

/// The whole of a message as text: equal for equal messages, different for different ones.
class Shower {
 public:
  template <class T>
  static std::string show(const T& message) {
    Shower shower;
    T copy = message;
    shower.put(copy);
    return shower.text_;
  }

 private:
  template <class T>
  void put(T& value) {
    if constexpr (std::is_enum_v<T>) {
      text_ += std::to_string(static_cast<int>(value)) + " ";
    } else if constexpr (std::is_integral_v<T>) {
      text_ += std::to_string(value) + " ";
    } else if constexpr (std::is_same_v<T, double>) {
      text_ += text_of(value) + " ";
    } else {
      put_object(value);
    }
  }
  template <class T>
  void put_object(T& message) {
    text_ += "{ ";
    std::apply([this](auto&... each) { (put(each), ...); }, parts(message));
    text_ += "} ";
  }
  template <class Tag, class Rep>
  void put_object(StrongId<Tag, Rep>& id) {
    put(id.value);
  }
  void put_object(Bytes& bytes) { text_ += std::to_string(bytes.size()) + ":" + bytes + " "; }
  void put_object(ArgumentList& arguments) {
    std::vector<Bytes> items(arguments.begin(), arguments.end());
    put_object(items);
  }
  template <class T>
  void put_object(std::vector<T>& items) {
    text_ += "[ ";
    for (T& item : items) put(item);
    text_ += "] ";
  }
  template <class T>
  void put_object(std::optional<T>& maybe) {
    text_ += maybe ? "some " : "none ";
    if (maybe) put(*maybe);
  }
  void put_object(VersionVector& vector) {
    for (const auto& [actor, counter] : vector.rows()) {
      text_ += std::to_string(actor.value) + "=" + std::to_string(counter) + " ";
    }
  }
  template <class... Kinds>
  void put_object(std::variant<Kinds...>& variant) {
    text_ += "#" + std::to_string(variant.index()) + " ";
    std::visit([this](auto& held) { put(held); }, variant);
  }
  void put_object(Value& value) {
    put_object(static_cast<Value::Variant&>(value));
  }

  std::string text_;
};

inline ClientMessage make_client_message(std::size_t kind, const std::vector<std::uint64_t>& numbers) {
  ClientMessage message;
  Maker(numbers).fill_kind(message, kind);
  return message;
}

inline Envelope make_envelope(std::size_t kind, const std::vector<std::uint64_t>& numbers) {
  Envelope envelope;
  Maker maker(numbers);
  maker.fill(envelope.cluster);
  maker.fill(envelope.from);
  maker.fill(envelope.run);
  maker.fill(envelope.epoch);
  maker.fill_kind(envelope.message, kind);
  return envelope;
}

}  // namespace causeway::test
