#include <poll.h>
#include <sys/prctl.h>

#include <memory>
#include <msgpack.hpp>
#include <optional>

#include "bench/flights.h"
#include "bench/load.h"
#include "net/zmq_socket.h"
#include "wire/codec.h"

namespace causeway::bench {
namespace {

/// A message of so many requests of one kind; only the digits of the keys change. Ids repeat: nobody looks at them.
struct Template {
  Bytes bytes;
  std::vector<std::size_t> offsets;
};

Template encode_batch(Operation operation, std::size_t count, const LoadOptions& options) {
  Form form = form_of(operation, options.workload);
  for (char& c : form.arguments[0]) c = static_cast<char>(c | 0x20);
  constexpr std::uint64_t mark = 987'654'000'000;  // digits that nothing else in the message has
  Requests requests;
  for (std::size_t i = 0; i < count; ++i) {
    Request request;
    request.id = i;
    write_digits(form.arguments[form.which].data() + form.offset, mark + i);
    request.arguments = form.arguments;
    request.read_level = options.level;
    request.write_level = options.level;
    requests.requests.push_back(std::move(request));
  }
  Template made;
  made.bytes = encode(ClientMessage(std::move(requests)));
  std::size_t from = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes wanted(digits, '0');
    write_digits(wanted.data(), mark + i);
    from = made.bytes.find(wanted, from);
    if (from == Bytes::npos) break;
    made.offsets.push_back(from);
  }
  return made;
}

/// Counts answers by the shape of the message (wire/codec.h): [version, kind, [[[id, [index, …]] …], epoch]].
struct AnswerCounter : msgpack::null_visitor {
  bool start_array(std::uint32_t /*size*/) {
    if (++depth == 4) ++answers;
    item = 0;
    return true;
  }
  bool start_array_item() {
    ++item;
    return true;
  }
  bool end_array() {
    --depth;
    return true;
  }
  bool visit_positive_integer(std::uint64_t value) {
    if (depth == 5 && item == 1 && value == 1) ++errors;
    return true;
  }
  void parse_error(std::size_t /*parsed*/, std::size_t /*at*/) { ++errors; }
  void insufficient_bytes(std::size_t /*parsed*/, std::size_t /*at*/) { ++errors; }

  int depth = 0;
  int item = 0;
  std::uint64_t answers = 0;
  std::uint64_t errors = 0;
};

std::string first_error_of(BytesView bytes) {
  auto message = decode_client_message(bytes);
  if (!message) return to_string(message.error());
  if (const auto* responses = std::get_if<Responses>(&*message)) {
    for (const Response& each : responses->responses) {
      if (const auto* error = std::get_if<Error>(&each.result)) return to_string(*error);
    }
  }
  return "an unexpected message";
}

class WireLoad {
 public:
  explicit WireLoad(const LoadOptions& options)
      : options_(options), workload_(options.workload), pace_(options.run) {
    for (const Operation each : {Operation::get, Operation::set, Operation::incr, Operation::sadd}) {
      full_.push_back(encode_batch(each, options.batch, options));
    }
    for (std::uint32_t i = 0; i < options.connections; ++i) {
      auto socket = make_socket(context_, zmq::socket_type::dealer, {}, NetLimits{}.reply_bytes_max);
      socket.connect(zmq_address(socket, {options.host, options.port}));
      items_.push_back({socket.handle(), 0, ZMQ_POLLIN, 0});
      fds_.push_back({.fd = socket.get(zmq::sockopt::fd), .events = POLLIN, .revents = 0});
      connections_.push_back({std::move(socket), {}});
    }
  }

  Result<Recorder> run() {
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    recorder_.begin(pace_.from(), pace_.until());
    const std::uint32_t window = std::max(1U, options_.pipeline / options_.batch);
    if (!pace_.open()) {
      for (Connection& each : connections_) {
        for (std::uint32_t i = 0; i < window; ++i) CW_TRY_VOID(start(each, now_ns()));
      }
    }
    for (;;) {
      const std::uint64_t now = now_ns();
      if (pace_.over(now) && (under_way_ == 0 || now > pace_.until() + drain_ns)) break;
      if (pace_.open() && !pace_.over(now)) CW_TRY_VOID(start_due(now));
      CW_TRY_VOID(turn());
    }
    if (under_way_ > 0) recorder_.fail(under_way_, "no answer");
    recorder_.end();
    return std::move(recorder_);
  }

 private:
  struct Connection {
    zmq::socket_t socket;
    Flights flights;
  };

  Result<void> start(Connection& to, std::uint64_t due) {
    const std::uint64_t size = pace_.take(options_.batch);
    if (size == 0) return {};
    const Operation operation = workload_.next_operation();
    std::optional<Template> smaller;
    if (size < options_.batch) smaller = encode_batch(operation, size, options_);
    const Template& form = smaller ? *smaller : full_.at(static_cast<std::size_t>(operation));
    zmq::message_t message(form.bytes.data(), form.bytes.size());
    for (const std::size_t offset : form.offsets) {
      write_digits(static_cast<char*>(message.data()) + offset, workload_.next_key());
    }
    to.flights.start(due, size);
    under_way_ += size;
    if (!to.socket.send(message, zmq::send_flags::none))
      return fail_retryable(ErrorCode::overloaded, "the queue is full");
    return {};
  }

  Result<void> start_due(std::uint64_t now) {
    while (pace_.due() <= now && !pace_.over(now)) {
      CW_TRY_VOID(start(connections_[next_], pace_.due()));
      for (std::uint32_t i = 0; i < options_.batch; ++i) pace_.start_one();
      next_ = next_ + 1 == connections_.size() ? 0 : next_ + 1;
    }
    return {};
  }

  Result<void> turn() {
    if (pace_.open()) return turn_open();
    zmq::poll(items_, std::chrono::milliseconds(100));
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if ((items_[i].revents & ZMQ_POLLIN) != 0) CW_TRY_VOID(serve(connections_[i]));
    }
    return {};
  }

  /// zmq::poll knows milliseconds only, too coarse for a pace. A socket's descriptor tells of changes, not of states: so
  /// all is taken first, and nothing touches the sockets between that and the wait.
  Result<void> turn_open() {
    for (Connection& each : connections_) CW_TRY_VOID(serve(each));
    const std::uint64_t now = now_ns();
    std::uint64_t wait = 1'000'000;
    if (!pace_.over(now)) wait = std::min(wait, std::max(pace_.due(), now) - now);
    const timespec timeout{.tv_sec = 0, .tv_nsec = static_cast<long>(wait)};
    ::ppoll(fds_.data(), fds_.size(), &timeout, nullptr);
    return {};
  }

  Result<void> serve(Connection& from) {
    zmq::message_t message;
    while (from.socket.recv(message, zmq::recv_flags::dontwait)) {
      AnswerCounter counter;
      std::size_t offset = 0;
      msgpack::parse(static_cast<const char*>(message.data()), message.size(), offset, counter);
      if (counter.errors > 0) recorder_.fail(counter.errors, first_error_of(view(message)));
      const std::uint64_t now = now_ns();
      from.flights.land(counter.answers, now, recorder_);
      under_way_ -= counter.answers;
      owed_ += counter.answers;
      for (; !pace_.open() && owed_ >= options_.batch && !pace_.over(now); owed_ -= options_.batch) {
        CW_TRY_VOID(start(from, now));
      }
    }
    return {};
  }

  LoadOptions options_;
  Workload workload_;
  Pace pace_;
  zmq::context_t context_ = make_context();
  std::vector<Template> full_;
  std::vector<Connection> connections_;
  std::vector<zmq::pollitem_t> items_;
  std::vector<pollfd> fds_;
  std::size_t next_ = 0;
  std::uint64_t owed_ = 0;  ///< answers that have made room for new messages
  std::uint64_t under_way_ = 0;
  Recorder recorder_;
};

}  // namespace

Result<Recorder> load_wire(const LoadOptions& options) { return WireLoad(options).run(); }

}  // namespace causeway::bench
