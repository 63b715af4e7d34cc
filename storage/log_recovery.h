// Telling a torn tail from damage when a log is opened (see the rules at the top of the .cc).
#pragma once

#include <deque>
#include <string>

#include "storage/log_segment.h"
#include "storage/log_spares.h"

namespace causeway {

struct RecoveredLog {
  std::deque<LogSegment> segments;  ///< in order; empty if no record was found
  std::vector<SpareFile> spares;    ///< what stands behind them: without a record, all zeros
  std::uint64_t next_ordinal = 1;   ///< of the next file
  Sequence last;                    ///< the last record kept; all are durable
  std::uint64_t last_checksum = 0;
  bool torn = false;  ///< a tail that was not whole was cut, now or before (unmark_torn())
};

/// Reads all segments of the folder, cuts a torn tail, zeroes and syncs it.
/// Errors: damage at or below `known_durable` or what any whole record or head states to have been durable: says file and offset.
Result<RecoveredLog> recover_log(const std::string& folder, Sequence known_durable,
                                 std::uint64_t block_bytes);
/// That a tail was cut stays known by a file beside the segments, until this.
Result<void> unmark_torn(const std::string& folder);

}  // namespace causeway
