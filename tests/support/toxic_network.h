// A network between daemon and broker that a test makes worse: Toxiproxy, which third_party/install
// faults builds.
#pragma once

#include <memory>
#include <string>

#include "support/cluster.h"

namespace bellwether::testing {

class ToxicNetwork {
 public:
  ToxicNetwork();

  // Where clients connect to.
  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // From now on what comes to address() goes there.
  void connect(const std::string& upstream);

  // Every piece of data comes so much later, both ways.
  void latency(int milliseconds, int jitter_ms);
  // Towards the clients.
  void bandwidth(int kilobytes_per_second);
  // Connections end with a reset after so much time.
  void resets(int after_ms);
  // Nothing comes any more, and no connection ends.
  void black_hole();
  // All connections end, and new ones are refused.
  void cut();
  void heal();  // all of the above

 private:
  void toxic(const std::string& type, const std::string& stream, const std::string& attributes);
  void post(const std::string& path, const std::string& body);

  TemporaryFolder folder_;
  int port_;
  int control_;
  std::unique_ptr<Child> server_;
};

}  // namespace bellwether::testing
