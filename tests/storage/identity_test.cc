#include "storage/identity.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace causeway;

TEST_CASE("an_identity_is_read_back") {
  rc::prop("any", [](std::uint64_t cluster, std::uint64_t node, std::uint64_t incarnation,
                     std::uint64_t actor, bool sync, bool clean) {
    const Identity identity{cluster,     NodeId{node}, Incarnation{incarnation}, ActorId{actor}, sync,
                            "2f6d-boot", clean};
    const Bytes bytes = encode_identity(identity);
    const auto read = decode_identity(bytes);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == identity);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      RC_ASSERT(!decode_identity(bytes.substr(0, size)).has_value());
  });
}

TEST_CASE("an_actor_is_reused_only_if_its_last_run_cannot_have_lost_an_event") {
  Identity run;
  run.boot_id = "this boot";
  CHECK(may_reuse_actor(run, "this boot"));           // only the process died
  CHECK_FALSE(may_reuse_actor(run, "a later boot"));  // the power may have failed
  run.durable_sync = true;
  CHECK(may_reuse_actor(run, "a later boot"));
  run.durable_sync = false;
  run.clean = true;
  CHECK(may_reuse_actor(run, "a later boot"));
  run.clean = false;
  run.boot_id = "";
  CHECK_FALSE(may_reuse_actor(run, ""));  // two unknown kernels are not the same
}
