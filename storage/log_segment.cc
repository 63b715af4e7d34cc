#include "storage/log_segment.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace causeway {
namespace {

constexpr std::size_t unused_max = 16;               // memories kept for new blocks
constexpr std::size_t memory_beyond = std::size_t{4} << 10U;  // for the record that ends a block

bool before(const LogBlock::Row& row, PartitionId partition) { return row.partition < partition; }

}  // namespace

LogPen::LogPen(std::uint64_t block_bytes)
    : block_bytes_(block_bytes), slots_(std::bit_ceil(2 * (block_bytes / record_head_bytes + 2))) {}

void LogPen::begin_block(LogBlock& block) {
  ++block_;
  if (unused_.empty()) {
    block.memory.reserve(block_bytes_ + memory_beyond);
    return;
  }
  block.memory = std::move(unused_.back());
  unused_.pop_back();
}

std::size_t LogPen::slot_of(PartitionId partition) const {
  constexpr std::uint64_t spread = 0x9E3779B97F4A7C15U;  // close numbers fall far apart
  std::size_t at = (partition.value * spread >> 32U) & (slots_.size() - 1);
  while (slots_[at].block == block_ && slots_[at].partition != partition.value) {
    at = (at + 1) & (slots_.size() - 1);
  }
  return at;
}

LogBlock::Row& LogPen::row(LogBlock& block, PartitionId partition) {
  Slot& slot = slots_[slot_of(partition)];
  if (slot.block == block_) return block.rows[slot.row];
  slot = {block_, partition.value, static_cast<std::uint32_t>(block.rows.size())};
  const auto begin = static_cast<std::uint32_t>(block.size);
  return block.rows.emplace_back(LogBlock::Row{partition, begin, begin});
}

const LogBlock::Row* LogPen::find(const LogBlock& block, PartitionId partition) const {
  const Slot& slot = slots_[slot_of(partition)];
  return slot.block == block_ ? &block.rows[slot.row] : nullptr;
}

void LogPen::end_block(LogBlock& block) {
  std::sort(block.rows.begin(), block.rows.end(),
            [](const LogBlock::Row& a, const LogBlock::Row& b) { return a.partition < b.partition; });
}

void LogPen::reuse(Bytes&& memory) {
  const bool of_use = unused_.size() < unused_max && memory.capacity() <= 2 * (block_bytes_ + memory_beyond);
  memory.clear();
  if (of_use) unused_.push_back(std::move(memory));
}

LogBlock& LogSegment::open_block(Sequence sequence) {
  if (open_ != nullptr && open_->size < pen_->block_bytes()) return *open_;
  if (open_ != nullptr) LogPen::end_block(*open_);
  open_ = &blocks_.emplace_back(LogBlock{end_, 0, sequence, {}, {}});
  pen_->begin_block(*open_);
  return *open_;
}

void LogSegment::end_writing() {
  if (open_ != nullptr) LogPen::end_block(*open_);
  open_ = nullptr;
  pen_ = nullptr;
}

std::uint64_t LogSegment::append(PartitionId partition, Sequence sequence, Sequence durable,
                                 std::uint64_t predecessor, BytesView bytes) {
  LogBlock& block = open_block(sequence);
  LogBlock::Row& row = pen_->row(block, partition);
  const std::uint64_t checksum =
      append_frame(block.memory, salt_, partition, sequence, durable, predecessor, bytes);
  const std::size_t size = framed_size(bytes.size());
  block.size += size;
  row.end = static_cast<std::uint32_t>(block.size);
  end_ += size;
  CW_CHECK(end_ <= capacity(), "a record fits its segment");
  return checksum;
}

void LogSegment::index(const LogFrame& frame, std::uint64_t block_bytes) {
  if (blocks_.empty() || blocks_.back().size >= block_bytes) blocks_.push_back({end_, 0, frame.sequence, {}, {}});
  LogBlock& block = blocks_.back();
  const auto begin = static_cast<std::uint32_t>(block.size);
  block.size += frame.size;
  auto at = std::lower_bound(block.rows.begin(), block.rows.end(), frame.partition, before);
  if (at == block.rows.end() || at->partition != frame.partition) {
    at = block.rows.insert(at, {frame.partition, begin, begin});
  }
  at->end = static_cast<std::uint32_t>(block.size);
  end_ += frame.size;
  written_ = end_;
}

Result<void> LogSegment::write(LogPen& pen) {
  if (written_ == end_) return {};
  std::vector<BytesView>& parts = pen.parts();
  parts.clear();
  for (auto block = blocks_.rbegin(); block != blocks_.rend() && block->offset + block->size > written_;
       ++block) {
    const std::uint64_t skipped = written_ > block->offset ? written_ - block->offset : 0;
    parts.push_back(BytesView(block->memory).substr(skipped));
  }
  std::reverse(parts.begin(), parts.end());
  CW_TRY_VOID(file_->write_at(written_, parts));
  written_ = end_;
  return {};
}

const LogBlock::Row* LogSegment::row(const LogBlock& block, PartitionId partition) const {
  if (&block == open_) return pen_->find(block, partition);
  const auto at = std::lower_bound(block.rows.begin(), block.rows.end(), partition, before);
  return at == block.rows.end() || at->partition != partition ? nullptr : &*at;
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
    const LogBlock::Row* found = row(block, *partition);
    if (found == nullptr) return Visit::go_on;
    begin = found->begin;
    end = found->end;
  }
  Bytes read;
  const bool in_memory = block.memory.size() == block.size;
  if (!in_memory) CW_TRY_VOID(file_->read_at(block.offset + begin, end - begin, read));
  BytesView left = in_memory ? BytesView(block.memory).substr(begin, end - begin) : BytesView(read);
  while (!left.empty()) {
    const auto frame = in_memory ? peek_frame(left) : read_frame(left, salt_);
    if (!frame) {
      return fail(ErrorCode::internal, "damaged log: " + file_->path() + " at offset " +
                                           std::to_string(block.offset + end - left.size()));
    }
    left.remove_prefix(frame->size);
    const bool wanted = frame->sequence >= from && (partition == nullptr || frame->partition == *partition);
    if (wanted && !visit({frame->sequence, frame->partition, frame->bytes})) return Visit::stop;
  }
  return Visit::go_on;
}

}  // namespace causeway
