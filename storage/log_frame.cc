#include "storage/log_frame.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr BytesView segment_magic = "CWLOG 02";
constexpr std::size_t summed_head_bytes = 24;
constexpr std::uint32_t nothing_said = std::numeric_limits<std::uint32_t>::max();

template <class T>
void put(char* at, T value) {
  static_assert(std::endian::native == std::endian::little, "records are little-endian");
  std::memcpy(at, &value, sizeof value);
}

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Each step maps the words one to one: a change in any one of them, or of the hash, never goes unseen.
std::uint64_t checksum_of(const char* head, BytesView bytes, std::uint64_t salt) {
  constexpr std::uint64_t odd = 0x9FB21C651E98DF25U;
  std::uint64_t sum = hash64(bytes);
  for (const std::uint64_t word : {salt, word_at(head), word_at(head + 8), word_at(head + 16)}) {
    sum = (sum ^ word) * odd;
    sum ^= sum >> 32U;
  }
  return sum;
}
static_assert(summed_head_bytes == 3 * sizeof(std::uint64_t));

}  // namespace

Bytes encode_segment_head(const SegmentHead& head) {
  Bytes out;
  Writer writer(out);
  writer.raw(segment_magic);
  writer.u64(head.salt);
  writer.u64(head.ordinal);
  writer.u64(head.capacity);
  writer.u64(head.durable.value);
  writer.u64(0);
  writer.u64(0);
  writer.u64(hash64(out));
  return out;
}

std::optional<SegmentHead> decode_segment_head(BytesView in) {
  if (in.size() < segment_head_bytes) return std::nullopt;
  in = in.substr(0, segment_head_bytes);
  Reader reader(in);
  const bool right = reader.raw(segment_magic.size()) == segment_magic;
  SegmentHead head;
  head.salt = reader.u64();
  head.ordinal = reader.u64();
  head.capacity = reader.u64();
  head.durable.value = reader.u64();
  reader.u64();
  reader.u64();
  if (!right || reader.u64() != hash64(in.substr(0, in.size() - sizeof(std::uint64_t)))) return std::nullopt;
  return head;
}

std::uint64_t append_frame(Bytes& out, std::uint64_t salt, PartitionId partition, Sequence sequence,
                           Sequence durable, std::uint64_t predecessor, BytesView bytes) {
  CW_CHECK(durable < sequence, "a record is written before it is durable");
  const std::uint64_t undurable = sequence.value - durable.value;
  std::array<char, record_head_bytes> at;
  char* const head = at.data();
  put(head, static_cast<std::uint32_t>(bytes.size()));
  put(head + 4, partition.value);
  put(head + 8, sequence.value);
  put(head + 16, undurable < nothing_said ? static_cast<std::uint32_t>(undurable) : nothing_said);
  put(head + 20, static_cast<std::uint32_t>(predecessor));
  const std::uint64_t checksum = checksum_of(head, bytes, salt);
  put(head + summed_head_bytes, checksum);
  out.append(head, record_head_bytes);
  out.append(bytes);
  out.append(framed_size(bytes.size()) - record_head_bytes - bytes.size(), '\0');
  return checksum;
}

std::optional<LogFrame> peek_frame(BytesView in) {
  Reader reader(in);
  const std::uint32_t length = reader.u32();
  LogFrame frame;
  frame.partition.value = reader.u32();
  frame.sequence.value = reader.u64();
  const std::uint32_t undurable = reader.u32();
  frame.predecessor = reader.u32();
  frame.checksum = reader.u64();
  frame.bytes = reader.raw(length);
  frame.size = framed_size(length);
  if (!reader.ok() || frame.sequence.value == 0 || undurable == 0 || frame.size > in.size())
    return std::nullopt;
  if (undurable != nothing_said && undurable > frame.sequence.value) return std::nullopt;
  frame.durable.value = undurable == nothing_said ? 0 : frame.sequence.value - undurable;
  return frame;
}

std::optional<LogFrame> read_frame(BytesView in, std::uint64_t salt) {
  auto frame = peek_frame(in);
  if (!frame || frame->checksum != checksum_of(in.data(), frame->bytes, salt)) return std::nullopt;
  return frame;
}

}  // namespace causeway
