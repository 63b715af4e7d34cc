#include "tests/sim/check_forgotten.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "base/serial.h"
#include "crdt/path.h"

namespace causeway::testing {
namespace {

/// The cells of one value, and what was forgotten of them, by their ids; the records of requests, by theirs.
struct Counted {
  std::map<Bytes, std::uint64_t> cells;  ///< the greatest of each
  std::map<Bytes, std::vector<std::uint64_t>> forgotten;
  std::map<Bytes, std::vector<std::pair<Bytes, std::uint64_t>>>
      requests;  ///< executions: cell, cumulative after
};

using Values =
    std::map<std::pair<Bytes, Bytes>, Counted>;  ///< by key, and what of the path stands before the part

std::uint64_t amount_of(BytesView payload) { return Reader(payload).varint(); }

std::pair<Bytes, std::uint64_t> execution_of(BytesView payload) {
  Reader reader(payload);
  Bytes cell;
  Writer writer(cell);
  writer.u8(reader.u8());
  writer.u64_big(reader.u64());
  writer.u64_big(reader.varint());
  return {cell, reader.varint()};
}

void note(BytesView key, const EntryView& entry, Values& values) {
  const auto head = parse_path(entry.path);
  if (!head) return;
  const std::size_t part_at = entry.path.size() - head->subkey.size() - 1;
  Counted& counted = values[{Bytes(key), Bytes(entry.path.substr(0, part_at))}];
  const Bytes id(head->subkey);
  if (head->part == Part::cell) {
    counted.cells[id] = std::max(counted.cells[id], amount_of(entry.payload));
  } else if (head->part == Part::forgotten) {
    counted.forgotten[id].push_back(amount_of(entry.payload));
  } else if (head->part == Part::request) {
    counted.requests[id].push_back(execution_of(entry.payload));
  }
}

bool still_counts(const Counted& counted, const std::pair<Bytes, std::uint64_t>& execution) {
  if (!counted.cells.contains(execution.first)) return false;
  const auto records = counted.forgotten.find(execution.first);
  return records == counted.forgotten.end() ||
         std::none_of(records->second.begin(), records->second.end(),
                      [&](std::uint64_t forgot) { return forgot >= execution.second; });
}

/// Empty: all that is there has to be.
std::string too_much(const Counted& counted) {
  for (const auto& [id, records] : counted.forgotten) {
    if (!counted.cells.contains(id)) return "what was forgotten of a cell that is gone";
    if (records.size() > 1) return "of what was forgotten of a cell, more than the greatest";
  }
  for (const auto& [id, executions] : counted.requests) {
    const bool counts = std::any_of(executions.begin(), executions.end(),
                                    [&](const auto& execution) { return still_counts(counted, execution); });
    if (executions.size() == 1) return "a request that was executed once";
    if (!counts) return "a request that no longer counts";
  }
  return {};
}

}  // namespace

std::string still_there(Cluster& cluster) {
  for (const NodeId node : cluster.configuration().nodes()) {
    const std::string& name = cluster.configuration().node(node)->name;
    if (!cluster.up(name)) continue;
    for (const PartitionId id : cluster.store(name).partitions()) {
      Values values;
      const auto read =
          cluster.store(name).partition(id).walk(std::nullopt, [&](BytesView key, const EntryView& entry) {
            note(key, entry, values);
            return true;
          });
      if (!read) return name + ": " + to_string(read.error());
      for (const auto& [place, counted] : values) {
        if (const auto what = too_much(counted); !what.empty())
          return name + " keeps " + what + ", of " + place.first;
      }
    }
  }
  return {};
}

}  // namespace causeway::testing
