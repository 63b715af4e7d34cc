#include "server/machine.h"

#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <random>

#include "net/steady_clock.h"

namespace causeway {

Now read_clocks() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {steady_now(), WallTime(std::chrono::duration_cast<Micros>(wall))};
}

std::uint64_t random_number() {
  std::random_device device;
  const auto high = static_cast<std::uint64_t>(device()) << 32U;
  const std::uint64_t number = high | device();
  return number == 0 ? 1 : number;
}

Bytes read_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  Bytes id;
  if (file >> id) return id;
  return "unknown-" + std::to_string(random_number());
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace causeway
