// How many replicas of which datacenters a level asks for, and whether they have answered. A pure count.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>

#include "base/result.h"
#include "ring/configuration.h"
#include "wire/level.h"

namespace causeway {

class Quorum {
 public:
  /// Errors: invalid, if the level asks for more replicas than there are.
  static Result<Quorum> of(const Level& level, DcId home, const Configuration& configuration);

  /// One more replica of this datacenter answered.
  void add(DcId datacenter) {
    for (Part& part : answered_) {
      if (part.datacenter == datacenter) {
        ++part.replicas;
        return;
      }
    }
    answered_.push_back({datacenter, 1});
  }
  /// Forgets the answers.
  void reset() { answered_.clear(); }

  [[nodiscard]] bool enough() const;
  /// Whether a replica there counts.
  [[nodiscard]] bool is_met_by(DcId datacenter) const {
    return parts_.empty() || parts_.front().datacenter == datacenter;
  }
  /// For errors: how many replicas are needed, and how many that count have answered.
  [[nodiscard]] std::uint32_t needed() const;
  [[nodiscard]] std::uint32_t got() const;

 private:
  struct Part {
    DcId datacenter;
    std::uint32_t replicas;
  };
  using Parts = boost::container::small_vector<Part, 4>;

  std::uint32_t anywhere_ = 0;  ///< needed in whatever datacenters, if parts_ is empty
  Parts parts_;                 ///< needed in each of these
  Parts answered_;
};

}  // namespace causeway
