#include "storage/log_segment.h"

#include <algorithm>

#include "base/check.h"

namespace causeway {

void LogBlock::add(PartitionId partition, std::size_t record_bytes) {
  const auto begin = static_cast<std::uint32_t>(size);
  size += record_bytes;
  auto at = std::lower_bound(rows.begin(), rows.end(), partition,
                             [](const Row& row, PartitionId wanted) { return row.partition < wanted; });
  if (at == rows.end() || at->partition != partition) at = rows.insert(at, {partition, begin, begin});
  at->end = static_cast<std::uint32_t>(size);
}

const LogBlock::Row* LogBlock::row(PartitionId partition) const {
  const auto at = std::lower_bound(rows.begin(), rows.end(), partition,
                                   [](const Row& row, PartitionId wanted) { return row.partition < wanted; });
  return at == rows.end() || at->partition != partition ? nullptr : &*at;
}

Result<LogSegment> LogSegment::begin(PosixFile file, const SegmentHead& head) {
  CW_TRY_VOID(file.write_at(0, {encode_segment_head(head)}));
  CW_TRY_VOID(file.sync_data());
  return LogSegment(std::move(file), head);
}

LogBlock& LogSegment::block_for(Sequence sequence, std::uint64_t block_bytes, bool in_memory) {
  const bool open = !blocks_.empty() && blocks_.back().size < block_bytes &&
                    (!in_memory || blocks_.back().memory.size() == blocks_.back().size);
  if (!open) blocks_.push_back({end_, 0, sequence, {}, {}});
  return blocks_.back();
}

std::uint64_t LogSegment::append(PartitionId partition, Sequence sequence, Sequence durable,
                                 std::uint64_t predecessor, BytesView bytes, std::uint64_t block_bytes) {
  const std::size_t size = framed_size(bytes.size());
  CW_CHECK(end_ + size <= capacity(), "a record fits its segment");
  LogBlock& block = block_for(sequence, block_bytes, true);
  const std::uint64_t checksum =
      append_frame(block.memory, head_.salt, partition, sequence, durable, predecessor, bytes);
  block.add(partition, size);
  end_ += size;
  return checksum;
}

void LogSegment::index(const LogFrame& frame, std::uint64_t block_bytes) {
  block_for(frame.sequence, block_bytes, false).add(frame.partition, frame.size);
  end_ += frame.size;
  written_ = end_;
}

Result<void> LogSegment::write() {
  std::vector<BytesView> parts;
  for (auto block = blocks_.rbegin(); block != blocks_.rend() && block->offset + block->size > written_;
       ++block) {
    const std::uint64_t skipped = written_ > block->offset ? written_ - block->offset : 0;
    parts.push_back(BytesView(block->memory).substr(skipped));
  }
  if (parts.empty()) return {};
  std::reverse(parts.begin(), parts.end());
  CW_TRY_VOID(file_.write_at(written_, parts));
  written_ = end_;
  return {};
}

Result<LogSegment::Visit> LogSegment::visit(const PartitionId* partition, Sequence from,
                                            const EventLog::Visitor& visit) const {
  auto block = std::upper_bound(blocks_.begin(), blocks_.end(), from,
                                [](Sequence wanted, const LogBlock& b) { return wanted < b.first; });
  if (block != blocks_.begin()) --block;
  for (; block != blocks_.end(); ++block) {
    CW_TRY(const Visit how, visit_block(*block, partition, from, visit));
    if (how == Visit::stop) return how;
  }
  return Visit::go_on;
}

Result<LogSegment::Visit> LogSegment::visit_block(const LogBlock& block, const PartitionId* partition,
                                                  Sequence from, const EventLog::Visitor& visit) const {
  std::uint64_t begin = 0;
  std::uint64_t end = block.size;
  if (partition != nullptr) {
    const LogBlock::Row* row = block.row(*partition);
    if (row == nullptr) return Visit::go_on;
    begin = row->begin;
    end = row->end;
  }
  Bytes read;
  const bool in_memory = block.memory.size() == block.size;
  if (!in_memory) CW_TRY_VOID(file_.read_at(block.offset + begin, end - begin, read));
  BytesView left = in_memory ? BytesView(block.memory).substr(begin, end - begin) : BytesView(read);
  while (!left.empty()) {
    const auto frame = in_memory ? peek_frame(left) : read_frame(left, head_.salt);
    if (!frame) {
      return fail(ErrorCode::internal, "damaged log: " + file_.path() + " at offset " +
                                           std::to_string(block.offset + end - left.size()));
    }
    left.remove_prefix(frame->size);
    const bool wanted = frame->sequence >= from && (partition == nullptr || frame->partition == *partition);
    if (wanted && !visit({frame->sequence, frame->partition, frame->bytes})) return Visit::stop;
  }
  return Visit::go_on;
}

}  // namespace causeway
