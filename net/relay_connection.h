// One connection through the relay: two flows of bytes, each delayed, both held while the link is cut.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/random.h"
#include "base/time.h"
#include "net/poller.h"
#include "net/relay.h"
#include "net/tcp.h"

namespace causeway {

/// A link and what it carries.
struct LinkState {
  RelayLink link;
  bool cut = false;
  std::array<std::uint64_t, 2> bytes{};  ///< delivered: from a, from b
};

class RelayConnection {
 public:
  /// `accepted` came from the link's a if `from_a`, else from its b; `dialled` is on its way to the target.
  RelayConnection(Poller& poller, LinkState& link, bool from_a, Random& random, Fd accepted, Fd dialled);

  /// Delivers what is due, and waits for what may come next. To be called after every wait, and after a cut or heal.
  void advance(MonoTime now);
  /// When something is due next.
  [[nodiscard]] std::optional<MonoTime> due() const;
  /// Nothing will come of it any more.
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] const LinkState& link() const { return link_; }
  [[nodiscard]] std::size_t held_bytes() const { return flows_[0].held + flows_[1].held; }

 private:
  /// Empty bytes are the end of the flow.
  struct Chunk {
    Bytes bytes;
    MonoTime due;
  };
  /// What side i sends to the other.
  struct Flow {
    std::deque<Chunk> chunks;
    std::size_t written = 0;  // of the first chunk
    std::size_t held = 0;
    bool read_all = false;
    bool delivered_all = false;
    bool blocked = false;  // the receiver takes no more for now
  };
  struct Side {
    Side(Poller& poller, Fd fd, Poller::Handler handler)
        : socket(std::move(fd)), watch(poller, socket.get(), std::move(handler)) {}
    Fd socket;
    Poller::Watch watch;
  };

  void ready(std::size_t side, std::uint32_t events);
  void read(std::size_t side, MonoTime now);
  void deliver(std::size_t from, MonoTime now);
  void deliver_end(std::size_t from);
  void want();

  LinkState& link_;
  bool from_a_;
  Random& random_;
  std::array<Flow, 2> flows_;
  std::array<Side, 2> sides_;  // 0 accepted, 1 dialled
  bool connecting_ = true;
  bool over_ = false;
};

}  // namespace causeway
