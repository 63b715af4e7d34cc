#include "client/python/core/options_object.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace causeway::python {
namespace {

std::optional<Level> level_of(const py::object& level) {
  if (level.is_none()) return std::nullopt;
  const auto parsed = parse_level(std::string(py::str(level)));
  if (!parsed) throw_error(parsed.error());
  return *parsed;
}

}  // namespace

std::chrono::milliseconds milliseconds_of(double seconds) {
  constexpr double day = 86'400;
  if (std::isnan(seconds)) throw py::value_error("a timeout is a number of seconds, not nan");
  return std::chrono::milliseconds(std::llround(std::ceil(std::clamp(seconds, -1.0, day) * 1000)));
}

CallOptions call_options_of(const py::object& level, const py::object& read_level,
                            const py::object& write_level, const py::object& timeout,
                            const py::object& request_id, const std::string& datacenter) {
  CallOptions options;
  options.read_level = level_of(read_level.is_none() ? level : read_level);
  options.write_level = level_of(write_level.is_none() ? level : write_level);
  if (!timeout.is_none()) options.timeout = milliseconds_of(timeout.cast<double>());
  if (!request_id.is_none()) {
    const py::tuple parts(request_id);
    if (parts.size() != 3) throw py::value_error("a request id is (high, low, expires_ms)");
    options.request_id = RequestId{parts[0].cast<std::uint64_t>(), parts[1].cast<std::uint64_t>(),
                                   parts[2].cast<std::int64_t>()};
  }
  options.datacenter = datacenter;
  return options;
}

ClientOptions client_options_of(std::vector<std::string> endpoints, const std::optional<Bytes>& topology,
                                const CallOptions& calls, bool failover, double try_timeout,
                                double connect_timeout, bool automatic_request_ids,
                                std::size_t outstanding_max) {
  ClientOptions options;
  options.endpoints = std::move(endpoints);
  if (topology) options.topology = *topology;
  options.datacenter = calls.datacenter;
  options.failover_to_other_datacenters = failover;
  options.read_level = calls.read_level.value_or(options.read_level);
  options.write_level = calls.write_level.value_or(options.write_level);
  options.timeout = calls.timeout.value_or(options.timeout);
  options.try_timeout = milliseconds_of(try_timeout);
  options.connect_timeout = milliseconds_of(connect_timeout);
  options.automatic_request_ids = automatic_request_ids;
  options.outstanding_max = outstanding_max;
  return options;
}

}  // namespace causeway::python
