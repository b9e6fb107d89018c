// A network between daemon and broker that a test makes worse. Uses Toxiproxy, which
// third_party/install faults builds.
#pragma once

#include <memory>
#include <string>

#include "support/cluster.h"

namespace bellwether::testing {

class ToxicNetwork {
 public:
  ToxicNetwork();

  // The port to which clients connect.
  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // Forwards connections to address() to `upstream` from now on.
  void connect(const std::string& upstream);

  // Delays all data by this time, in both directions.
  void latency(int milliseconds, int jitter_ms);
  // Limits the data rate towards the clients.
  void bandwidth(int kilobytes_per_second);
  // Resets each connection after this time.
  void resets(int after_ms);
  // Drops all data without ending a connection.
  void black_hole();
  // Ends all connections and refuses new ones.
  void cut();
  void heal();  // ends all faults above

 private:
  void toxic(const std::string& type, const std::string& stream, const std::string& attributes);
  void post(const std::string& path, const std::string& body);

  TemporaryFolder folder_;
  int port_;
  int control_;
  std::unique_ptr<Child> server_;
};

}  // namespace bellwether::testing
