#include "storage/identity.h"

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr std::uint64_t boot_id_bytes_max = 256;
constexpr std::uint8_t flag_durable_sync = 1;
constexpr std::uint8_t flag_clean = 2;
constexpr std::uint8_t flag_complete = 4;
constexpr std::uint8_t flags_all = flag_durable_sync | flag_clean | flag_complete;

}  // namespace

Bytes encode_identity(const Identity& identity) {
  Bytes out;
  Writer writer(out);
  writer.u64(identity.cluster);
  writer.u64(identity.node.value);
  writer.u64(identity.incarnation.value);
  writer.u64(identity.actor.value);
  writer.u8(static_cast<std::uint8_t>((identity.durable_sync ? flag_durable_sync : 0) |
                                      (identity.clean ? flag_clean : 0) |
                                      (identity.complete ? flag_complete : 0)));
  writer.bytes(identity.boot_id);
  return out;
}

Result<Identity> decode_identity(BytesView bytes) {
  Reader reader(bytes);
  Identity identity;
  identity.cluster = reader.u64();
  identity.node = NodeId{reader.u64()};
  identity.incarnation = Incarnation{reader.u64()};
  identity.actor = ActorId{reader.u64()};
  const std::uint8_t flags = reader.u8();
  const bool known = flags <= flags_all;
  identity.durable_sync = (flags & flag_durable_sync) != 0;
  identity.clean = (flags & flag_clean) != 0;
  identity.complete = (flags & flag_complete) != 0;
  identity.boot_id = Bytes(reader.bytes(boot_id_bytes_max));
  if (!reader.done() || !known)
    return fail(ErrorCode::internal, "the identity record of the data folder is damaged");
  return identity;
}

bool may_reuse_actor(const Identity& last, BytesView boot_id) {
  const bool same_kernel = !boot_id.empty() && last.boot_id == boot_id;
  const bool whole = last.clean || last.durable_sync || same_kernel || planted(Plant::actor_reused);
  return last.complete && whole;
}

}  // namespace causeway
