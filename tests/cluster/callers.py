"""Usage: /usr/bin/python3 tests/cluster/callers.py STUBS ADDRESS FOLDER [watch]
Calls every reading RPC of bellwetherd in turn until SIGTERM, in three ways: `steady` keeps one
connection, `fresh` makes a new one for each call, and `patient` retries by the policy that
deploy/README.md recommends. `acting` calls every writing RPC. Only Fetch is left out, which is for
replicas. Each call is a line of FOLDER/calls: seconds since 1970, client, RPC,
code, milliseconds, message. A watcher follows the transitions from the beginning, resumes by its
token, and writes each into a line of FOLDER/transitions. With `watch` there is only the watcher.
STUBS: what protoc has made.
Debian's Python has gRPC."""
import importlib
import json
import signal
import sys
import threading
import time

import grpc
from google.protobuf import message_factory

PAUSE_SECONDS = 0.02
ACT_PAUSE_SECONDS = 0.5
CALL_SECONDS_MAX = 5
RESUME_SECONDS = 0.2
POLICY = {"methodConfig": [{"name": [{}], "retryPolicy": {
    "maxAttempts": 5, "initialBackoff": "0.5s", "maxBackoff": "5s", "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"]}}]}
OPTIONS = {
    "steady": [("grpc.enable_retries", 0)],
    "fresh": [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)],
    "patient": [("grpc.enable_retries", 1), ("grpc.service_config", json.dumps(POLICY))],
    "acting": [("grpc.enable_retries", 0)],
}
ACTOR = "the cluster's test"


def node(area, sector):
    return {"area": area, "sector": sector}


# RPC -> fields of its request. ALERT: the name of an alert that there is.
ALERT = "the name of an alert"
CALLS = {
    "indicators.v1.IndicatorService/ListIndicators": {},
    "indicators.v1.IndicatorService/ListAreas": {},
    "indicators.v1.IndicatorService/ListSectors": {},
    "indicators.v1.IndicatorService/GetIndicator": {"name": "births", "node": node("SG", "C")},
    "indicators.v1.IndicatorService/QuerySeries": {"names": ["births"], "node": node("SG", "C")},
    "indicators.v1.IndicatorService/CompareNodes": {
        "name": "births", "nodes": [node("SG", "C"), node("SG", "F")]},
    "indicators.v1.IndicatorService/RankNodes": {
        "name": "births", "node": node("SG", ""), "sector_level": "section"},
    "indicators.v1.IndicatorService/GetDistribution": {
        "name": "births", "node": node("SG", "C"), "by": "DIVISION_LEGAL_FORM"},
    "indicators.v1.IndicatorService/Export": {
        "names": ["births"], "filter": "sector = C"},
    "alerts.v1.AlertService/ListAlerts": {"filter": "open = true"},
    "alerts.v1.AlertService/GetAlert": {"name": ALERT},
    "alerts.v1.AlertService/ExplainAlert": {"name": ALERT},
    "alerts.v1.AlertService/ListSilences": {},
    "alerts.v1.RegimeBreakService/ListRegimeBreaks": {},
    "alerts.v1.JudgementService/GetJudgement": {"rule": "R1", "node": node("SG", "C")},
    "forecasts.v1.ForecastService/GetForecast": {"name": "births", "node": node("SG", "C")},
    "forecasts.v1.ForecastService/ListMethods": {},
    "snapshots.v1.SnapshotService/ListSnapshots": {},
    "status.v1.StatusService/GetStatus": {},
}
CONTRACTS = ("alerts.v1.alerts", "alerts.v1.judgements", "forecasts.v1.forecasts",
             "indicators.v1.indicators", "snapshots.v1.snapshots", "status.v1.status")


def find_methods():
    """RPC -> (request's class, response's class, whether it streams)."""
    found, classes = {}, message_factory.MessageFactory()
    for contract in CONTRACTS:
        module = importlib.import_module(f"bellwether.{contract}_pb2")
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                name = f"{service.full_name.removeprefix('bellwether.')}/{method.name}"
                found[name] = (classes.GetPrototype(method.input_type),
                               classes.GetPrototype(method.output_type), method.server_streaming)
    return found


class Line:
    """A file of lines that several threads write."""

    def __init__(self, path):
        self.file, self.lock = open(path, "w", buffering=1, encoding="utf-8"), threading.Lock()

    def write(self, *fields):
        with self.lock:
            self.file.write(json.dumps(fields) + "\n")


class Client:
    def __init__(self, kind, address, methods):
        self.kind, self.address, self.methods = kind, address, methods
        self.channel = self.connect()

    def connect(self):
        return grpc.insecure_channel(self.address, options=OPTIONS[self.kind])

    def call(self, name, fields, seconds=CALL_SECONDS_MAX):
        """The response, or the last one of a stream. Error: grpc.RpcError."""
        channel = self.connect() if self.kind == "fresh" else self.channel
        try:
            return self.start(channel, name, fields, seconds)
        finally:
            if channel is not self.channel:
                channel.close()

    def start(self, channel, name, fields, seconds):
        request, response, streams = self.methods[name]
        make = channel.unary_stream if streams else channel.unary_unary
        answer = make(f"/bellwether.{name}", request_serializer=request.SerializeToString,
                      response_deserializer=response.FromString)(request(**fields), timeout=seconds)
        if not streams:
            return answer
        last = None
        for last in answer:
            pass
        return last


def record(client, calls, name, fields):
    """Calls, writes the line, and returns the response; None: an error."""
    answer, started, code, message = None, time.time(), "OK", ""
    try:
        answer = client.call(name, fields)
    except grpc.RpcError as error:
        code, message = error.code().name, error.details()
    calls.write(started, client.kind, name, code, 1000 * (time.time() - started), message)
    return answer


def call_in_turn(client, calls, alert):
    while True:
        for name, fields in CALLS.items():
            fields = {key: alert if value == ALERT else value for key, value in fields.items()}
            record(client, calls, name, fields)
            time.sleep(PAUSE_SECONDS)


def act_in_turn(client, calls, alert):
    """Acknowledges, silences and declares breaks of the future, and takes the last two back."""
    def act(method, **fields):
        time.sleep(ACT_PAUSE_SECONDS)
        return record(client, calls, f"alerts.v1.{method}", fields)

    while True:
        act("AlertService/AcknowledgeAlert", name=alert, actor=ACTOR)
        until = round(1000 * (time.time() + 3600))
        made = act("AlertService/CreateSilence",
                   silence={"rule": "R1", "area": "SG", "until_ms": until, "actor": ACTOR})
        if made:
            act("AlertService/ExpireSilence", name=made.silence.name, actor=ACTOR)
        year = time.gmtime().tm_year + 2
        made = act("RegimeBreakService/DeclareRegimeBreak", regime_break={
            "first_period": f"{year}-01", "last_period": f"{year}-02", "reason": ACTOR,
            "actor": ACTOR})
        if made:
            act("RegimeBreakService/WithdrawRegimeBreak", name=made.regime_break.name,
                actor=ACTOR)


def watch(address, methods, transitions):
    """Follows the stream for good, over all its interruptions."""
    name, token = "alerts.v1.AlertService/WatchAlerts", "0"
    request, response, _ = methods[name]
    while True:
        with grpc.insecure_channel(address, options=OPTIONS["fresh"]) as channel:
            stream = channel.unary_stream(
                f"/bellwether.{name}", request_serializer=request.SerializeToString,
                response_deserializer=response.FromString)(request(resume_token=token))
            try:
                for event in stream:
                    token = event.resume_token
                    if event.HasField("transition"):
                        change = event.transition
                        transitions.write(token, change.kind, change.alert.name,
                                          change.alert.severity, change.at_ms)
            except grpc.RpcError as error:
                transitions.write("interrupted", f"{error.code().name}: {error.details()}")
        time.sleep(RESUME_SECONDS)


def oldest_alert(client):
    """The name of the alert that every replica has known for longest."""
    answer = client.call("alerts.v1.AlertService/ListAlerts", {"page_size": 1000}, 30)
    return answer.alerts[-1].name


def main(stubs, address, folder, only=""):
    sys.path.insert(0, stubs)
    methods = find_methods()
    alert = oldest_alert(Client("fresh", address, methods))
    calls, transitions = Line(f"{folder}/calls"), Line(f"{folder}/transitions")
    for kind in () if only == "watch" else OPTIONS:
        threading.Thread(target=act_in_turn if kind == "acting" else call_in_turn,
                         args=(Client(kind, address, methods), calls, alert), daemon=True).start()
    threading.Thread(target=watch, args=(address, methods, transitions), daemon=True).start()
    signal.sigwait([signal.SIGTERM])


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    main(*sys.argv[1:])
