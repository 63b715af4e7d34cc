// Options as Python gives them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "causeway/options.h"
#include "client/python/core/words.h"

namespace causeway::python {

/// Options of calls, all by name: `level` is both read and write level, a name or a number; `timeout` is in seconds; a
/// `request_id` is (high, low, expires_ms). Throws causeway.Invalid for a level that is none; TypeError, ValueError.
CallOptions call_options_of(const py::object& level, const py::object& read_level,
                            const py::object& write_level, const py::object& timeout,
                            const py::object& request_id, const std::string& datacenter);

/// `topology`: the text of a topology file, or None.
ClientOptions client_options_of(std::vector<std::string> endpoints, const std::optional<Bytes>& topology,
                                const CallOptions& calls, bool failover, double try_timeout,
                                double connect_timeout, bool automatic_request_ids,
                                std::size_t outstanding_max);

/// Rounded up, so that what is more than 0 stays so.
std::chrono::milliseconds milliseconds_of(double seconds);

}  // namespace causeway::python
