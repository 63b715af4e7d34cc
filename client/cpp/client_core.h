// The one thread of a client, and what other threads hand to it.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client/cpp/request_engine.h"
#include "net/client_socket.h"

namespace causeway {

class ClientCore {
 public:
  /// Errors: invalid, unavailable.
  static Result<std::unique_ptr<ClientCore>> start(ClientOptions options);
  /// As stop().
  ~ClientCore();
  ClientCore(const ClientCore&) = delete;
  ClientCore& operator=(const ClientCore&) = delete;

  /// Ends every call, then the thread. From any thread but the client's.
  void stop();

  /// From any thread. `done` is called once: here if the call is refused, else on the client's thread, where it must not
  /// wait for another call.
  void submit(std::vector<Bytes> arguments, CallOptions options, std::function<void(Result<Value>)> done);
  std::future<Result<Value>> async(std::vector<Bytes> arguments, CallOptions options);
  Result<Value> execute(std::vector<Bytes> arguments, CallOptions options);
  void ask_status(std::string node, std::chrono::milliseconds timeout,
                  std::function<void(Result<NodeStatus>)> done);

  [[nodiscard]] const ClientOptions& options() const { return options_; }
  [[nodiscard]] std::shared_ptr<const ClientRing> ring() const;
  [[nodiscard]] DcId home() const;
  /// Whether this is the client's thread: who waits here for a call waits for ever.
  [[nodiscard]] bool is_own_thread() const { return std::this_thread::get_id() == thread_id_; }
  static tl::unexpected<Error> would_wait_for_ever();

 private:
  using Task = std::function<void(RequestEngine&, Now)>;

  explicit ClientCore(ClientOptions options);
  void submit_one(NewCall&& call);
  static void refuse(NewCall&& call, tl::unexpected<Error> error);
  /// False: the thread has ended, or is about to.
  [[nodiscard]] bool post(Task task);
  void run();
  void publish_ring();
  [[nodiscard]] bool may_sleep();
  void take_submitted(Now now);
  void open_connections(Now now);
  void watch_connections(Now now);
  void send_messages(Now now);

  const ClientOptions options_;
  RequestEngine engine_;   ///< of the thread
  ClientSockets sockets_;  ///< of the thread, but for wake()
  struct Connection {
    PeerIndex peer;
    bool up = false;
    std::uint64_t failures = 0;
  };
  std::unordered_map<ClientSockets::Index, Connection> connections_;   ///< of the thread
  std::unordered_map<PeerIndex, ClientSockets::Index> index_of_peer_;  ///< of the thread
  std::vector<NewCall> own_calls_;  ///< of the thread: submitted by its callbacks
  std::vector<NewCall> taken_;      ///< of the thread: kept for its memory
  bool ending_ = false;             ///< of the thread

  std::atomic<std::size_t> outstanding_ = 0;
  mutable std::mutex mutex_;
  std::vector<NewCall> calls_;  ///< guarded by mutex_, as all below
  std::vector<Task> tasks_;
  bool stopping_ = false;
  bool asleep_ = false;  ///< whoever hands something to the thread wakes it
  std::shared_ptr<const ClientRing> ring_;
  DcId home_;

  std::once_flag stopped_;
  std::thread::id thread_id_;  ///< known before anybody else knows the core
  std::thread thread_;
};

}  // namespace causeway
