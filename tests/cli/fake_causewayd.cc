// Stands in for causewayd in the tests of the command line: the options, ports and answers of a node, without its promises.
// Each process keeps integers of its own. Some keys have answers that the tests ask for: "wrong-type", "unavailable",
// "unknown". A file FAIL in the data folder makes it end at once.
#include <httplib.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <thread>

#include "net/reactor.h"
#include "ring/configuration.h"

namespace causeway {
namespace {

class FakeNode {
 public:
  FakeNode(const Node& node, std::string datacenter, Bytes topology)
      : node_(node), datacenter_(std::move(datacenter)), topology_(std::move(topology)) {}

  ClientMessage answer(const ClientMessage& message) {
    if (std::holds_alternative<AskTopology>(message)) return TopologyReply{Epoch{1}, topology_};
    if (std::holds_alternative<AskStatus>(message)) return status();
    Responses responses;
    for (const Request& request : std::get<Requests>(message).requests) {
      responses.responses.push_back({request.id, execute(request)});
    }
    return responses;
  }

 private:
  NodeStatus status() const {
    NodeStatus status;
    status.node = node_.name;
    status.datacenter = datacenter_;
    status.cluster_id = "00000000000000ff";
    status.serving = true;
    status.ready = true;
    status.epoch = Epoch{1};
    status.incarnation = Incarnation{1};
    status.entries = values_.size();
    status.operations = operations_;
    status.lags = {{"elsewhere", 3, 1'500'000}};
    return status;
  }

  std::variant<Value, Error> execute(const Request& request) {
    ++operations_;
    const BytesView name = request.arguments[0];
    const Bytes key(request.arguments[1]);
    if (key == "wrong-type") return Error{ErrorCode::wrong_type, ErrorTag::fatal, "no integer", 0, 0};
    if (key == "unavailable") return Error{ErrorCode::unavailable, ErrorTag::retryable, "too few", 2, 1};
    if (key == "unknown") return Error{ErrorCode::timeout, ErrorTag::ambiguous, "too few answered", 2, 1};
    if (name == "set") {
      values_[key] = request.arguments[2];
      return Value(Status{"OK"});
    }
    if (name == "incr" || name == "incrby") {
      const std::int64_t by = name == "incr" ? 1 : std::stoll(Bytes(request.arguments[2]));
      const std::int64_t after = (values_.contains(key) ? std::stoll(values_[key]) : 0) + by;
      values_[key] = std::to_string(after);
      return Value(after);
    }
    if (name == "exists") return Value(std::int64_t{values_.contains(key)});
    if (name == "smembers") return Value(Value::Array{Value(Bytes("a")), Value(Bytes("b"))});
    if (!values_.contains(key)) return Value(Nil{});
    return Value(values_[key]);
  }

  Node node_;
  std::string datacenter_;
  Bytes topology_;
  std::map<Bytes, Bytes> values_;
  std::uint64_t operations_ = 0;
};

int run(int argc, char** argv) {
  std::string file;
  std::string name;
  std::string data;
  std::string found;
  std::vector<std::string> routes;
  CLI::App app;
  app.add_option("--topology", file)->required();
  app.add_option("--node", name)->required();
  app.add_option("--data", data)->required();
  app.add_option("--found", found);
  app.add_option("--route", routes);
  CLI11_PARSE(app, argc, argv);

  std::ifstream in(file);
  const Bytes text(std::istreambuf_iterator<char>(in), {});
  auto topology = parse_topology(text);
  if (!topology) return 2;
  const Configuration configuration(Epoch{1}, std::move(*topology));
  const Node* node = configuration.node(name);
  if (node == nullptr) return 2;
  if (std::filesystem::exists(data + "/FAIL")) {
    std::cerr << "this node was told to fail\n";
    return 3;
  }
  std::filesystem::create_directories(data);
  std::ofstream(data + "/started", std::ios::app) << (found.empty() ? "again" : "found " + found) << '\n';

  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  ReactorOptions options;
  options.host = node->address;
  options.client_port = node->ports.client;
  options.peer_port = node->ports.peer;
  options.bridge_port = node->ports.bridge;
  const int stopped = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
  Reactor reactor(options);
  if (const auto bound = reactor.bind(); !bound) {
    std::cerr << bound.error().sentence << '\n';
    return 3;
  }
  httplib::Server http;
  http.Get("/readyz", [](const httplib::Request&, httplib::Response& response) { response.status = 200; });
  if (!http.bind_to_port(node->address, node->ports.http)) return 3;
  std::thread serving([&] { http.listen_after_bind(); });

  FakeNode fake(*node, configuration.datacenter_of(node->id)->name, text);
  signalfd_siginfo signal{};
  while (read(stopped, &signal, sizeof signal) < 0) {
    Outbox outbox;
    for (const auto& [client, message] : reactor.poll(20ms).clients)
      outbox.clients.emplace_back(client, fake.answer(message));
    reactor.send(std::move(outbox));
  }
  http.stop();
  serving.join();
  return 0;
}

}  // namespace
}  // namespace causeway

int main(int argc, char** argv) { return causeway::run(argc, argv); }
