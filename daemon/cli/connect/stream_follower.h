// Purpose: keeps the connection to one stream of Companies House, in a thread: connects, hands on
// the lines, and connects again after cuts, stalls and refusals, with growing waits.
// Thread safety: each object has its own thread; resume_at() and the others may be called from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "adapters/http/client.h"
#include "cli/connect/metrics.h"
#include "cli/connect/stream_inbox.h"
#include "connect/companies_house/stream.h"
#include "connect/lines.h"
#include "core/base/log.h"

namespace bellwether::cli {

inline constexpr char kStreamUrl[] = "https://stream.companieshouse.gov.uk";
// Companies House shows every few seconds that a stream is alive.
inline constexpr int64_t kStallMsDefault = 120'000;
// Everything that was published so long before a stream showed that it is alive has arrived. Lines
// arrive some minutes after the time of publication that they state.
inline constexpr int64_t kArrivalMsMax = 15 * 60'000;

struct StreamSource {
  std::string url = kStreamUrl;
  std::string key_file;  // its first line is the API key; read for each connection
  std::string ca_file;   // empty: the public authorities
  int64_t stall_ms = kStallMsDefault;
};

class StreamFollower {
 public:
  // `metrics` may be null. All arguments must outlive this object. Begins at once.
  StreamFollower(const StreamSource& source, connect::companies_house::Stream stream,
                 connect::companies_house::Mark mark, StreamInbox& inbox,
                 const std::atomic<bool>& stop, SourceMetrics* metrics, const base::LogFn& log);
  // REQUIRES: stop is set, and the inbox has stopped.
  ~StreamFollower();
  StreamFollower(const StreamFollower&) = delete;
  StreamFollower& operator=(const StreamFollower&) = delete;

  // The next connection asks for the events after this mark.
  void resume_at(const connect::companies_house::Mark& mark);
  bool is_connected() const { return connected_; }

 private:
  void run(http::Client client);
  http::Answer connect_once(http::Client& client, const std::string& key);
  bool use(std::string_view piece);
  connect::companies_house::Mark mark() const;
  void set_connected(bool yes);

  const StreamSource& source_;
  connect::companies_house::Stream const stream_;
  StreamInbox& inbox_;
  const std::atomic<bool>& stop_;
  SourceMetrics* const metrics_;
  const base::LogFn& log_;
  std::string const part_;  // in the log

  mutable std::mutex mutex_;
  connect::companies_house::Mark mark_;  // guarded by mutex_
  std::atomic<bool> connected_{false};

  connect::LineCutter cutter_{connect::companies_house::kLineBytesMax};
  int64_t lines_ = 0;
  int failures_ = 0;
  std::mt19937_64 engine_{std::random_device{}()};
  std::thread thread_;  // last
};

}  // namespace bellwether::cli
