// causeway._core: the C++ client, as the Python package wraps it. Private: users see causeway and causeway.aio.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "client/python/core/client_object.h"
#include "client/python/core/completions.h"
#include "client/python/core/options_object.h"

namespace causeway::python {
namespace {

using py::operator""_a;

std::shared_ptr<ClientObject> connect(std::vector<std::string> endpoints,
                                      const std::optional<Bytes>& topology, const CallOptions& calls,
                                      bool failover, double try_timeout, double connect_timeout,
                                      bool automatic_request_ids, std::size_t outstanding_max, bool text,
                                      std::string encoding, std::string errors) {
  return std::make_shared<ClientObject>(
      client_options_of(std::move(endpoints), topology, calls, failover, try_timeout, connect_timeout,
                        automatic_request_ids, outstanding_max),
      Text{text, std::move(encoding), std::move(errors)});
}

PYBIND11_MODULE(_core, module) {
  py::options signatures;
  signatures.disable_function_signatures();
  module.doc() = "The C++ client; use causeway and causeway.aio.";

  py::class_<CallOptions>(module, "Options", "Options of calls, checked.")
      .def(py::init(&call_options_of), py::kw_only(), "level"_a = py::none(), "read_level"_a = py::none(),
           "write_level"_a = py::none(), "timeout"_a = py::none(), "request_id"_a = py::none(),
           "datacenter"_a = "");

  py::class_<ClientObject, std::shared_ptr<ClientObject>>(module, "Client",
                                                          "A client; any thread may use it.")
      .def("execute", &ClientObject::execute, "words"_a, "options"_a)
      .def("run", &ClientObject::run, "commands"_a, "options"_a)
      .def(
          "status",
          [](const ClientObject& client, const std::string& node, double timeout) {
            return client.status(node, milliseconds_of(timeout));
          },
          "node"_a, "timeout"_a)
      .def("datacenter", &ClientObject::datacenter)
      .def("close", &ClientObject::close);

  py::class_<Completions>(module, "Completions", "The calls of one event loop.")
      .def(py::init<std::shared_ptr<ClientObject>>(), "client"_a)
      .def("fileno", &Completions::fileno)
      .def("submit", &Completions::submit, "words"_a, "options"_a, "future"_a)
      .def("run", &Completions::run, "commands"_a, "options"_a, "future"_a)
      .def("drain", &Completions::drain);

  module.def("connect", &connect, "endpoints"_a, "topology"_a, "calls"_a, "failover"_a, "try_timeout"_a,
             "connect_timeout"_a, "automatic_request_ids"_a, "outstanding_max"_a, "text"_a, "encoding"_a,
             "errors"_a);
}

}  // namespace
}  // namespace causeway::python
