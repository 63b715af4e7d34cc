#include "storage/keys.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/serial.h"
#include "storage/names.h"

namespace causeway::keys {
namespace {

constexpr std::size_t head_bytes = 1 + 4;  // of a kind and a partition
constexpr std::uint8_t number_in_byte_max = 0xF7;

void append_u32_big(std::uint32_t value, Bytes& out) { Writer(out).u32(__builtin_bswap32(value)); }

void append_number(std::uint64_t value, Bytes& out) {
  if (value <= number_in_byte_max) return out.push_back(static_cast<char>(value));
  Bytes big;
  Writer(big).u64_big(value);
  const std::size_t zeros = big.find_first_not_of('\0');
  out.push_back(static_cast<char>(number_in_byte_max + big.size() - zeros));
  out.append(big, zeros);
}

std::optional<std::uint64_t> read_number(Reader& reader) {
  const std::uint8_t first = reader.u8();
  if (!reader.ok()) return std::nullopt;
  if (first <= number_in_byte_max) return first;
  const BytesView bytes = reader.raw(first - std::size_t{number_in_byte_max});
  if (!reader.ok() || bytes[0] == '\0') return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value > number_in_byte_max ? std::optional(value) : std::nullopt;
}

Bytes of_kind(char kind, std::uint32_t number) {
  Bytes key(1, kind);
  append_u32_big(number, key);
  return key;
}

Bytes of_state(char kind, StateId id) {
  Bytes key(1, kind);
  append_number(id.value, key);
  return key;
}

}  // namespace

Bytes shard() { return "S"; }

Bytes note(BytesView name) {
  CW_CHECK(name.size() < state_key_bytes_max, "the name of a note is short");
  return "N" + Bytes(name);
}

Bytes partition(PartitionId id) { return of_kind('P', id.value); }
Bytes partitions() { return "P"; }

std::optional<PartitionId> parse_partition(BytesView key) {
  Reader reader(key);
  const bool right = reader.u8() == 'P';
  const PartitionId id{__builtin_bswap32(reader.u32())};
  if (!right || !reader.done()) return std::nullopt;
  return id;
}

Bytes marks(PartitionId id) { return of_kind('M', id.value); }

Bytes mark(PartitionId id, Sequence sequence) {
  Bytes key = marks(id);
  Writer(key).u64_big(sequence.value);
  return key;
}

std::optional<Sequence> parse_mark(BytesView key) {
  Reader reader(key);
  reader.raw(head_bytes);
  const Sequence sequence{reader.u64_big()};
  if (!reader.done()) return std::nullopt;
  return sequence;
}

Bytes objects(StateId state_id) { return of_state('O', state_id); }

Bytes object(StateId state_id, BytesView key) {
  Bytes out = objects(state_id);
  append_name(key, out);
  return out;
}

Bytes entries(StateId state_id) { return of_state('E', state_id); }

Bytes entries(StateId state_id, ObjectId object) {
  Bytes key = entries(state_id);
  append_number(object.value, key);
  return key;
}

Bytes entry(StateId state_id, ObjectId object, BytesView path) {
  Bytes key = entries(state_id, object);
  append_name(path, key);
  CW_CHECK(key.size() <= state_key_bytes_max, "a key fits whatever its path");
  return key;
}

std::optional<StateId> parse_state(BytesView key) {
  Reader reader(key);
  const char kind = static_cast<char>(reader.u8());
  const auto state_id = read_number(reader);
  if (!state_id || *state_id > std::numeric_limits<std::uint32_t>::max() || (kind != 'O' && kind != 'E'))
    return std::nullopt;
  return StateId{static_cast<std::uint32_t>(*state_id)};
}

std::optional<ObjectId> parse_entry_object(BytesView key) {
  Reader reader(key);
  reader.u8();
  const auto state_id = read_number(reader);
  const auto object = read_number(reader);
  if (!state_id || !object) return std::nullopt;
  return ObjectId{*object};
}

}  // namespace causeway::keys
