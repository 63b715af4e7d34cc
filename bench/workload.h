// What a load asks for: which operation, on which key, in which order. The names are those of redis-benchmark, so that
// its figures and ours are about the same keys: SET and GET key:…, INCR counter:…, SADD myset element:….
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace causeway::bench {

enum class Operation : std::uint8_t { get, set, incr, sadd, ping };
/// shuffled: every key once, in an order that jumps about.
enum class Order : std::uint8_t { uniform, sequential, shuffled };

struct WorkloadOptions {
  Operation operation = Operation::set;
  double reads = 0;  ///< so great a part is GET instead (0 to 1)
  std::uint64_t keys = 100'000;
  std::uint64_t first = 0;  ///< keys run from here on
  Order order = Order::uniform;
  std::size_t value_bytes = 100;
  Bytes set_name = "myset";
  std::uint64_t seed = 1;
};

/// One command: `arguments` with the number of its key, 12 digits, to be written at `digits` in arguments[which].
struct Form {
  std::vector<Bytes> arguments;
  std::size_t which = 0;
  std::size_t offset = 0;
};
inline constexpr std::size_t digits = 12;

Form form_of(Operation operation, const WorkloadOptions& options);
/// Writes the last 12 decimal digits of `number`.
inline void write_digits(char* at, std::uint64_t number) {
  for (std::size_t i = digits; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

std::optional<Operation> operation_of(BytesView name);
std::optional<Order> order_of(BytesView name);

/// Gives one step after the other; the same seed gives the same steps.
class Workload {
 public:
  struct Step {
    Operation operation;
    std::uint64_t key;
  };

  explicit Workload(const WorkloadOptions& options)
      : options_(options),
        state_(options.seed * 0x9E3779B97F4A7C15U + 1),
        reads_below_(static_cast<std::uint64_t>(options.reads * 4294967296.0)),
        stride_(stride_of(options)) {}

  Operation next_operation() {
    return reads_below_ > 0 && (random() >> 32U) < reads_below_ ? Operation::get : options_.operation;
  }
  std::uint64_t next_key() {
    if (options_.order == Order::uniform) return options_.first + bounded(random());
    const std::uint64_t key = options_.first + next_;
    next_ = (next_ + stride_) % options_.keys;
    return key;
  }
  Step next() { return {next_operation(), next_key()}; }

 private:
  /// splitmix64: one multiplication more than needed, and no bad seeds.
  std::uint64_t random() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  /// Steps of the golden section of all keys; prime to their number, so that each comes once before any comes twice.
  static std::uint64_t stride_of(const WorkloadOptions& options) {
    if (options.order != Order::shuffled) return 1;
    auto stride = static_cast<std::uint64_t>(static_cast<double>(options.keys) * 0.6180339887) + 1;
    while (std::gcd(stride, options.keys) != 1) ++stride;
    return stride;
  }
  [[nodiscard]] std::uint64_t bounded(std::uint64_t bits) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{bits} * options_.keys) >> 64U);
  }

  WorkloadOptions options_;
  std::uint64_t state_;
  std::uint64_t reads_below_;
  std::uint64_t stride_;
  std::uint64_t next_ = 0;
};

}  // namespace causeway::bench
