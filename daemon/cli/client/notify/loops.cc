#include "cli/client/notify/loops.h"

#include <chrono>
#include <random>

#include "adapters/http/url.h"
#include "cli/notify/courier.h"
#include "cli/notify/revision_guard.h"
#include "cli/text_file.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr char kAlertmanager[] = "alertmanager";
constexpr char kWebhook[] = "webhook";
constexpr size_t kReasonMax = 300;  // bytes

void sleep(Stop& stop, int64_t ms) {
  stop.sleep(std::chrono::milliseconds(ms));
}

double jitter() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

class Loop {
 protected:
  explicit Loop(Surroundings around)
      : settings_(around.settings),
        state_(std::move(around.state)),
        send_(around.send),
        stop_(around.stop),
        log_(around.log),
        meters_(around.meters) {}

  // What the target answered to one request.
  void count(bool delivered) {
    (delivered ? meters_.delivered : meters_.failed).Increment();
    if (delivered) meters_.delivered_at.SetToCurrentTime();
  }

  const NotifySettings& settings_;
  StateFolder state_;
  const http::Send& send_;
  Stop& stop_;
  const base::LogFn& log_;
  TargetMeters& meters_;
};

class AlertmanagerLoop : private Loop {
 public:
  explicit AlertmanagerLoop(Surroundings around)
      : Loop(std::move(around)), source_(around.context, settings_.choice, stop_) {}

  absl::Status run() {
    load();
    while (!stop_.asked()) {
      BELLWETHER_RETURN_IF_ERROR(look());
      changed_ |= board_.forget(wall_clock());
      int64_t wait = settings_.resend_ms;
      if (save()) {
        if (!tell()) wait = std::min(wait, notify::backoff_ms(sends_.count(), jitter()));
      } else {
        wait = std::min(wait, kStateRetryMs);
      }
      sleep(stop_, wait);
    }
    return absl::OkStatus();
  }

 private:
  void load() {
    auto const text = state_.load(kBoardFile);
    if (text.ok() && !text->has_value()) return;
    auto board = text.ok() ? notify::Board::parse(**text) : text.status();
    if (board.ok()) {
      board_ = *std::move(board);
      return;
    }
    log_(base::LogLevel::kWarning, kAlertmanager,
         base::cat(state_.file(kBoardFile), ": ", board.status().message(),
                   "; begins with the alerts that are open now. Alertmanager ends by itself what "
                   "is no longer told"));
  }

  // The open alerts. One that was told and is open stays among them, also if another alert now
  // stands for its happening: it has not ended.
  absl::StatusOr<std::vector<notify::OpenAlert>> list() {
    BELLWETHER_ASSIGN_OR_RETURN(std::vector<notify::OpenAlert> open, source_.list());
    BELLWETHER_ASSIGN_OR_RETURN(auto const parts, source_.parts_among(board_.gone(open)));
    for (notify::OpenAlert& part : board_.as_told(parts)) open.push_back(std::move(part));
    return open;
  }

  // What is open now. If the daemon cannot be asked, what was known stays. Error: InvalidArgument.
  absl::Status look() {
    auto const open = list();
    if (absl::IsInvalidArgument(open.status())) return open.status();
    if (stop_.asked()) return absl::OkStatus();
    if (!open.ok()) {
      lists_.add(base::cat("no list of open alerts (",
                           base::excerpt(base::from_absl(open.status().message()), kReasonMax),
                           "); goes on telling the ", board_.open(), " known ones"));
      return absl::OkStatus();
    }
    if (!guard_.take(source_.revision(), wall_clock())) {
      lists_.add(base::cat("a list of open alerts of revision ", source_.revision(),
                           ", which is earlier than one before; goes on telling the ",
                           board_.open(),
                           " known ones, and believes it if it stays so for a minute"));
      return absl::OkStatus();
    }
    lists_.end("the daemon answers again");
    size_t const left_out = board_.left_out();
    size_t const open_before = board_.open();
    changed_ |= board_.look(*open, source_.cleared(board_.gone(*open)), wall_clock());
    if (board_.left_out() > 0 && left_out == 0) {
      log_(base::LogLevel::kWarning, kAlertmanager,
           base::cat(board_.left_out(), " open alerts are not told: at most ", notify::kBoardMax,
                     " are; choose with --filter"));
    }
    meters_.alerts.Set(static_cast<double>(board_.open()));
    meters_.left_out.Set(static_cast<double>(board_.left_out()));
    if (board_.open() != open_before || !looked_)
      log_(base::LogLevel::kInfo, kAlertmanager, base::cat(board_.open(), " open alerts"));
    looked_ = true;
    return absl::OkStatus();
  }

  // Saved before it is told, so that a restart knows what Alertmanager may hold.
  bool save() {
    if (!changed_) return true;
    if (absl::Status const saved = state_.save(kBoardFile, board_.text()); !saved.ok()) {
      saves_.add(base::cat(saved.message(), "; tells nothing new until this is written"));
      return false;
    }
    saves_.end("the state is written again");
    changed_ = false;
    return true;
  }

  bool tell() {
    for (const notify::Board::Batch& batch : board_.batches(settings_.alertmanager, wall_clock())) {
      http::Answer const answer = send_(batch.request);
      if (stop_.asked()) return true;
      bool const taken = notify::judge(answer) == notify::Verdict::kDelivered;
      count(taken);
      if (!taken) {
        sends_.add(
            base::cat(http::shown_url(settings_.alertmanager), " ", notify::describe(answer)));
        return false;
      }
      changed_ |= board_.told(batch);
    }
    sends_.end("Alertmanager takes the alerts again");
    return true;
  }

  OpenAlerts source_;
  notify::RevisionGuard guard_;
  notify::Board board_;
  bool changed_ = false;  // the board, since it was saved
  bool looked_ = false;
  Failures lists_{log_, kAlertmanager, meters_.asking};
  Failures saves_{log_, kAlertmanager, meters_.saving};
  Failures sends_{log_, kAlertmanager, meters_.sending};
};

class WebhookLoop : private Loop {
 public:
  explicit WebhookLoop(Surroundings around)
      : Loop(std::move(around)),
        token_(load()),
        courier_(settings_.webhook, "/bellwether/" + settings_.choice.instance, token_),
        source_(around.context, settings_.choice, token_, stop_, log_, meters_.asking) {}

  absl::Status run() {
    while (!stop_.asked()) {
      switch (courier_.next(wall_clock())) {
        case notify::Courier::Step::kTake: {
          BELLWETHER_ASSIGN_OR_RETURN(auto item, source_.next());
          if (item) courier_.take(std::move(item->event), std::move(item->token));
          break;
        }
        case notify::Courier::Step::kPost:
          post();
          break;
        case notify::Courier::Step::kWait:
          sleep(stop_, courier_.due().value - wall_clock().value);
          break;
        case notify::Courier::Step::kBury:
          if (written(state_.add_dead_letter(courier_.dead_letter(wall_clock())))) bury();
          break;
        case notify::Courier::Step::kSave:
          if (written(state_.save_token(courier_.token()))) courier_.saved();
          break;
      }
    }
    return absl::OkStatus();
  }

 private:
  std::string load() {
    auto const token = state_.load_token();
    if (token.ok()) return *token;
    log_(
        base::LogLevel::kWarning, kWebhook,
        base::cat(token.status().message(),
                  "; what changed since then is not told. All alerts that are open now are told as "
                  "bellwether.alert.open"));
    return "";
  }

  // The secret as it is now, so that a new one needs no restart; the last one if it is unreadable.
  const std::string& secret() {
    if (settings_.secret_file.empty()) return secret_;
    auto const read = read_secret(settings_.secret_file);
    if (read.ok()) {
      secret_ = *read;
      secrets_.end("the secret is readable again");
    } else {
      secrets_.add(base::cat(read.status().message(), "; signs with the one before"));
    }
    return secret_;
  }

  void post() {
    std::string const what = base::cat(courier_.event()->subject, " ", courier_.event()->kind);
    http::Answer const answer = send_(courier_.request(secret()));
    if (stop_.asked() && answer.status == 0) return;
    bool const taken =
        courier_.answered(answer, wall_clock(), jitter()) == notify::Attempts::Next::kDone;
    count(taken);
    if (taken) {
      sends_.end("the webhook takes events again");
      log_(base::LogLevel::kInfo, kWebhook, base::cat("delivered ", what));
    } else {
      sends_.add(
          base::cat(what, ": ", http::shown_url(settings_.webhook), " ", notify::describe(answer)));
    }
  }

  void bury() {
    log_(base::LogLevel::kError, kWebhook,
         base::cat(courier_.event()->subject, " ", courier_.event()->kind, ": given up after ",
                   courier_.attempts(), " attempts; it is in ", state_.file(kDeadLettersFile)));
    courier_.buried();
    meters_.dead_letters.Increment();
    sends_.end("goes on with the next event");
  }

  // False after a wait if a file could not be written.
  bool written(const absl::Status& status) {
    if (status.ok()) {
      writes_.end("the state is written again");
      return true;
    }
    writes_.add(base::cat(status.message(), "; delivers nothing more until this is written"));
    sleep(stop_, kStateRetryMs);
    return false;
  }

  std::string const token_;  // at the start
  notify::Courier courier_;
  Transitions source_;
  std::string secret_;
  Failures secrets_{log_, kWebhook, meters_.signing};
  Failures sends_{log_, kWebhook, meters_.sending};
  Failures writes_{log_, kWebhook, meters_.saving};
};

}  // namespace

absl::StatusOr<std::string> read_secret(const std::string& path) {
  BELLWETHER_ASSIGN_OR_RETURN(std::string text, read_text_file(path));
  text.resize(std::min(text.size(), text.find_first_of("\r\n")));
  if (text.size() >= kSecretBytesMin && text.size() <= kSecretBytesMax) return text;
  return absl::InvalidArgumentError(base::cat(
      path, ": the first line is the secret; it must have ", kSecretBytesMin, " to ",
      kSecretBytesMax, " bytes and has ", text.size(), "; `openssl rand -hex 32` makes one"));
}

absl::Status keep_alertmanager(Surroundings around) {
  return AlertmanagerLoop(std::move(around)).run();
}

absl::Status deliver_to_webhook(Surroundings around) {
  return WebhookLoop(std::move(around)).run();
}

}  // namespace bellwether::cli
