#!/usr/bin/env python3
"""Usage: tests/bench/stream_lines.py FILE
The yardstick of connect_stream_bench: parses each line of the file by the json module and counts
what it is about. Prints `name value unit`."""
import collections
import json
import sys
import time

lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
begin = time.perf_counter()
seen = collections.Counter()
for line in lines:
    event = json.loads(line)
    seen[event["resource_kind"], event["resource_uri"].split("/")[2]] += 1
print(f"python_json_lines_per_second {len(lines) / (time.perf_counter() - begin):.0f} lines/s")
