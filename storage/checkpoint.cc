#include "storage/checkpoint.h"

#include <algorithm>
#include <set>

#include "base/plant.h"
#include "storage/named_scan.h"
#include "storage/names.h"
#include "storage/packed_body.h"
#include "storage/record.h"

namespace causeway {
namespace {

constexpr std::size_t purged_keys_max = 8192;  // by one checkpoint

/// Fills one transaction.
class PieceWriter {
 public:
  PieceWriter(StateStore::Transaction& transaction, std::size_t packed_bytes_min, CheckpointOutcome& outcome)
      : transaction_(transaction), outcome_(outcome), packer_(packed_bytes_min) {}

  Result<void> write(const FrozenPart& part) {
    hashed_.clear();
    CW_TRY_VOID(write(part.table, RecordKind::entry));
    CW_TRY_VOID(write(part.table, RecordKind::object));
    return write(part.records);
  }

  Result<void> write(const std::vector<StateWrite>& records) {
    for (const StateWrite& record : records) {
      CW_TRY_VOID(record.value ? put(record.key, *record.value) : transaction_.erase(record.key));
    }
    return {};
  }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  /// The blobs of one kind, in the order of their names, which is nearly that of their keys.
  Result<void> write(const FrozenTable& table, RecordKind kind) {
    blobs_.clear();
    for (const auto& list : table.lists) {
      for (Blob* const blob : list->blobs()) {
        if (blob->name().kind == kind) blobs_.push_back(blob);
      }
    }
    std::sort(blobs_.begin(), blobs_.end(), [](const Blob* a, const Blob* b) {
      const RecordName x = a->name();
      const RecordName y = b->name();
      return x.object != y.object ? x.object < y.object : x.text < y.text;
    });
    for (Blob* const blob : blobs_) CW_TRY_VOID(write(table.id, *blob));
    return {};
  }

  Result<void> write(StateId id, Blob& blob) {
    const RecordName name = blob.name();
    const bool is_entry = name.kind == RecordKind::entry;
    const Bytes key = is_entry ? keys::entry(id, name.object, name.text) : keys::object(id, name.text);
    // Only two long names with one 128-bit hash could meet here: rather stop than lose one of them.
    if (is_hashed(name.text) && !hashed_.insert(key).second) {
      return fail(ErrorCode::internal, "two records of the state have one key: " + to_hex(key));
    }
    if (blob.absent()) {
      outcome_.absent.emplace_back(id, &blob);
      bytes_ += key.size();
      return planted(Plant::checkpoint_keeps_removed) ? Result<void>() : transaction_.erase(key);
    }
    value_.assign(checksum_bytes, '\0');
    append_named_body(name.text, blob.body(), value_);
    packer_.pack(value_, checksum_bytes);
    seal_in_place(key, value_);
    return put(key, value_);
  }

  Result<void> put(BytesView key, BytesView value) {
    bytes_ += key.size() + value.size();
    return transaction_.put(key, value);
  }

  StateStore::Transaction& transaction_;
  CheckpointOutcome& outcome_;
  BodyPacker packer_;
  std::size_t bytes_ = 0;
  std::vector<Blob*> blobs_;
  std::set<Bytes> hashed_;
  Bytes value_;
};

Result<void> purge(const std::vector<Garbage>& garbage, StateStore::Transaction& transaction,
                   CheckpointOutcome& outcome) {
  std::size_t left = purged_keys_max;
  for (const Garbage& each : garbage) {
    if (each.object.value != 0) {
      CW_TRY_VOID(transaction.erase_some(keys::entries(each.state, each.object), left));
    } else {
      CW_TRY_VOID(transaction.erase_some(keys::objects(each.state), left));
      CW_TRY_VOID(transaction.erase_some(keys::entries(each.state), left));
    }
    if (left == 0) break;
    outcome.purged.push_back(each);
  }
  return {};
}

}  // namespace

CheckpointOutcome write_piece(const Checkpoint& checkpoint, std::size_t from, std::size_t bytes_max,
                              StateStore& state) {
  CheckpointOutcome outcome;
  outcome.next = from;
  outcome.stored = state.commit([&](StateStore::Transaction& transaction) -> Result<void> {
    if (from == 0) CW_TRY_VOID(purge(checkpoint.garbage, transaction, outcome));
    PieceWriter writer(transaction, checkpoint.packed_bytes_min, outcome);
    for (; outcome.next < checkpoint.parts.size(); ++outcome.next) {
      if (outcome.next > from && writer.bytes() >= bytes_max) {
        return planted(Plant::piece_claims_the_whole) ? writer.write(checkpoint.records) : Result<void>();
      }
      CW_TRY_VOID(writer.write(checkpoint.parts[outcome.next]));
    }
    outcome.ended = true;
    return writer.write(checkpoint.records);
  });
  return outcome;
}

}  // namespace causeway
