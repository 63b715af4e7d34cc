#include "sync/chunk_server.h"

#include <algorithm>

namespace causeway {

void ChunkServer::serve(NodeId to, const AskChunk& asked, Incarnation incarnation, MonoTime now, Post& post) {
  const Partition& partition = store_.partition(asked.partition);
  Chunk chunk{asked.partition, asked.transfer, asked.behind, asked.upto, incarnation, partition.clock(), partition.hlc(), {}};
  std::size_t bytes = 0;
  const auto read = partition.walk(asked.behind, [&](BytesView key, const EntryView& entry) {
    const bool same_path =
        !chunk.entries.empty() && chunk.entries.back().path == entry.path && chunk.entries.back().key == key;
    if (!same_path) {
      if (asked.upto && EntryPosition{Bytes(key), Bytes(entry.path)} > *asked.upto) return false;
      if (bytes >= limits_.bytes_max) {
        chunk.upto = EntryPosition{chunk.entries.back().key, chunk.entries.back().path};
        return false;
      }
    }
    chunk.entries.push_back({Bytes(key), Bytes(entry.path), entry.dot, Bytes(entry.payload)});
    bytes += key.size() + entry.path.size() + entry.payload.size();
    return true;
  });
  if (!read) {
    post.send(to, EndTransfer{asked.partition, asked.transfer});
    return;
  }
  Pin& pin = pins_[{asked.partition, to}];
  if (pin.transfer != asked.transfer || !asked.behind) pin = {asked.transfer, store_.log_end(), now};
  pin.until = now + limits_.pin;
  pin_log();
  post.send(to, std::move(chunk));
}

void ChunkServer::end(NodeId to, const EndTransfer& ended) {
  const auto at = pins_.find({ended.partition, to});
  if (at == pins_.end() || at->second.transfer != ended.transfer) return;
  pins_.erase(at);
  pin_log();
}

void ChunkServer::forget(NodeId peer) {
  std::erase_if(pins_, [&](const auto& item) { return item.first.second == peer; });
  pin_log();
}

void ChunkServer::tick(MonoTime now) {
  if (std::erase_if(pins_, [&](const auto& item) { return item.second.until <= now; }) > 0) pin_log();
}

void ChunkServer::pin_log() {
  std::optional<Sequence> first;
  for (const auto& [place, pin] : pins_) first = first ? std::min(*first, pin.from) : pin.from;
  store_.pin_log(first);
}

}  // namespace causeway
