#include "adapters/metrics/exposer.h"
#include "prometheus/client_metric.h"
#include "prometheus/metric_family.h"
#include "prometheus/metric_type.h"

#include <CivetServer.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "core/base/text.h"
#include "prometheus/text_serializer.h"

namespace bellwether::metrics {
namespace {

// The answer to HEAD is that to GET without its body (RFC 9110, section 9.3.2).
enum class Method { kGet, kHead };

void answer(mg_connection* connection, Method method, int code, const char* reason,
            const char* type, const std::string& body) {
  mg_printf(
      connection,
      "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
      code, reason, type, body.size());
  if (method == Method::kGet) mg_write(connection, body.data(), body.size());
}

class Handler : public CivetHandler {
 public:
  bool handleGet(CivetServer*, mg_connection* connection) override {
    serve(connection, Method::kGet);
    return true;
  }
  bool handleHead(CivetServer*, mg_connection* connection) override {
    serve(connection, Method::kHead);
    return true;
  }

 private:
  virtual void serve(mg_connection* connection, Method method) = 0;
};

class HealthHandler : public Handler {
 public:
  explicit HealthHandler(std::function<Health()> health) : health_(std::move(health)) {}

 private:
  void serve(mg_connection* connection, Method method) override {
    Health const health = health_();
    answer(connection, method, health.ok ? 200 : 503, health.ok ? "OK" : "Service Unavailable",
           "text/plain", health.text + "\n");
  }

  std::function<Health()> health_;
};

class MetricsHandler : public Handler {
 public:
  void add(std::weak_ptr<prometheus::Collectable> collectable) {
    std::lock_guard lock(mutex_);
    collectables_.push_back(std::move(collectable));
  }

 private:
  void serve(mg_connection* connection, Method method) override {
    std::vector<prometheus::MetricFamily> families;
    {
      std::lock_guard lock(mutex_);
      for (const auto& weak : collectables_) {
        auto const collectable = weak.lock();
        if (collectable == nullptr) continue;
        std::vector<prometheus::MetricFamily> some = collectable->Collect();
        families.insert(families.end(), std::make_move_iterator(some.begin()),
                        std::make_move_iterator(some.end()));
      }
    }
    answer(connection, method, 200, "OK", "text/plain; version=0.0.4; charset=utf-8",
           prometheus::TextSerializer().Serialize(families));
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<prometheus::Collectable>> collectables_;
};

}  // namespace

class Exposer::Impl {
 public:
  Impl(const std::vector<std::string>& options, std::function<Health()> ready)
      : ready_(std::move(ready)), server_(options) {
    server_.addHandler("/metrics", &metrics_);
    server_.addHandler("/healthz", &alive_);
    server_.addHandler("/readyz", &ready_);
  }
  MetricsHandler metrics_;
  HealthHandler alive_{[] { return Health{true, "alive"}; }};
  HealthHandler ready_;
  CivetServer server_;  // last member: it stops serving before the handlers are destroyed
};

absl::StatusOr<std::unique_ptr<Exposer>> Exposer::start(const std::string& address,
                                                        std::function<Health()> ready) {
  try {
    std::vector<std::string> const options = {"listening_ports",    address, "num_threads", "2",
                                              "request_timeout_ms", "10000"};
    return std::unique_ptr<Exposer>(new Exposer(std::make_unique<Impl>(options, std::move(ready))));
  } catch (const CivetException& e) {
    return absl::UnavailableError(base::cat("cannot serve metrics on ", address, ": ", e.what(),
                                            "; is another process on that port?"));
  }
}

Exposer::Exposer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Exposer::~Exposer() = default;

void Exposer::add(std::weak_ptr<prometheus::Collectable> collectable) {
  impl_->metrics_.add(std::move(collectable));
}

int Exposer::port() const {
  return impl_->server_.getListeningPorts().at(0);
}

}  // namespace bellwether::metrics
