#include <causeway/client.h>
#include <causeway/commands.h>

#include <iostream>

int main() {
  causeway::Client::Options options;
  options.endpoints = {"127.9.43.1:7400"};
  options.connect_timeout = std::chrono::milliseconds(50);
  const auto client = causeway::Client::connect(options);
  if (client) return 1;
  std::cout << to_string(client.error()) << '\n';
  return client.error().code == causeway::ErrorCode::unavailable && !causeway::commands().empty() ? 0 : 1;
}
