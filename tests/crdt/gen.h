// Random schedules for RapidCheck. More cases: RC_PARAMS="max_success=10000".
#pragma once

#include <rapidcheck.h>

#include "tests/crdt/cluster.h"

namespace rc {

template <>
struct Arbitrary<causeway::testing::Step> {
  static Gen<causeway::testing::Step> arbitrary() {
    using causeway::testing::Step;
    using Kind = Step::Kind;
    // Whole ranges in every case: by itself a small case would have one replica and one kind of command.
    return gen::resize(kNominalSize,
                       gen::build<Step>(gen::set(&Step::kind, gen::weightedElement<Kind>({{10, Kind::write},
                                                                                          {7, Kind::deliver},
                                                                                          {2, Kind::catch_up},
                                                                                          {1, Kind::merge},
                                                                                          {1, Kind::cut}})),
                                        gen::set(&Step::replica, gen::inRange(0U, 4U)),
                                        gen::set(&Step::a, gen::inRange(0U, 240U)),
                                        gen::set(&Step::b, gen::inRange(0U, 12U)),
                                        gen::set(&Step::c, gen::inRange(0U, 120U))));
  }
};

}  // namespace rc

namespace causeway::testing {

/// A schedule of up to 200 steps; of more with a larger max_size in RC_PARAMS.
inline std::vector<Step> any_schedule() {
  return *rc::gen::scale(2.0, rc::gen::arbitrary<std::vector<Step>>());
}

}  // namespace causeway::testing
