// A plugin of librdkafka that knows one property, "bellwether.test.level". As the plugins that
// people use, it takes part once plugin.library.paths names it.
#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <string_view>

namespace {

rd_kafka_conf_res_t on_conf_set(rd_kafka_conf_t*, const char* name, const char* value, char*,
                                size_t, void*) {
  if (std::string_view(name) != "bellwether.test.level") return RD_KAFKA_CONF_UNKNOWN;
  return value != nullptr ? RD_KAFKA_CONF_OK : RD_KAFKA_CONF_INVALID;
}

}  // namespace

// librdkafka looks for this name.
extern "C" __attribute__((visibility("default"))) rd_kafka_resp_err_t conf_init(
    rd_kafka_conf_t* conf, void**, char*, size_t) {
  return rd_kafka_conf_interceptor_add_on_conf_set(conf, "bellwether_test", on_conf_set, nullptr);
}
