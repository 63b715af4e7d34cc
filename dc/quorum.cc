#include "dc/quorum.h"

#include <algorithm>
#include <numeric>

namespace causeway {
namespace {

std::uint32_t majority(std::uint32_t replicas) { return replicas / 2 + 1; }

}  // namespace

Result<Quorum> Quorum::of(const Level& level, DcId home, const Configuration& configuration) {
  const auto& datacenters = configuration.topology().datacenters;
  const std::uint32_t all =
      std::accumulate(datacenters.begin(), datacenters.end(), std::uint32_t{0},
                      [](std::uint32_t sum, const Datacenter& datacenter) { return sum + datacenter.replicas; });
  const std::uint32_t local = configuration.datacenter(home)->replicas;
  Quorum quorum;
  switch (level.kind) {
    case Level::Kind::one: quorum.anywhere_ = 1; break;
    case Level::Kind::two: quorum.anywhere_ = 2; break;
    case Level::Kind::three: quorum.anywhere_ = 3; break;
    case Level::Kind::count: quorum.anywhere_ = level.replicas; break;
    case Level::Kind::quorum: quorum.anywhere_ = majority(all); break;
    case Level::Kind::all: quorum.anywhere_ = all; break;
    case Level::Kind::local_one: quorum.parts_ = {{home, 1}}; break;
    case Level::Kind::local_quorum: quorum.parts_ = {{home, majority(local)}}; break;
    case Level::Kind::each_quorum:
      for (const Datacenter& datacenter : datacenters) {
        quorum.parts_.push_back({datacenter.id, majority(datacenter.replicas)});
      }
      break;
  }
  if (quorum.needed() == 0) return fail(ErrorCode::invalid, "level 0 asks for no replica: use a number from 1 on");
  if (quorum.anywhere_ > all) {
    return fail(ErrorCode::invalid, "level " + to_string(level) + " asks for more replicas than the " +
                                        std::to_string(all) + " that each key has: use a lower level");
  }
  return quorum;
}

bool Quorum::enough() const { return got() >= needed(); }

std::uint32_t Quorum::needed() const {
  return std::accumulate(parts_.begin(), parts_.end(), anywhere_,
                         [](std::uint32_t sum, const Part& part) { return sum + part.replicas; });
}

std::uint32_t Quorum::got() const {
  std::uint32_t sum = 0;
  for (const Part& answered : answered_) {
    if (parts_.empty()) sum += answered.replicas;
    for (const Part& needed : parts_) {
      if (needed.datacenter == answered.datacenter) sum += std::min(answered.replicas, needed.replicas);
    }
  }
  return sum;
}

}  // namespace causeway
