#!/usr/bin/env python3
"""Runs fresh random scripts through PHP and through output-replay, and compares the results.

    python3 Tests/OutputBufferingTests/Support/compare_with_php.py --count 5000 --seed 1

Needs php-cli (8.2) and a built output-replay. A script in which PHP asks a handler again that has
failed is left out: that is one of the library's differences on purpose, and the only one that the
operations below can reach. Exits with 1 on any other difference, after printing the script.
"""

import argparse
import base64
import json
import pathlib
import random
import subprocess
import sys

PACKAGE = pathlib.Path(__file__).resolve().parents[3]
RECORDER = PACKAGE / "Tests/OutputBufferingTests/Fixtures/recorder/php_driver.php"

HANDLERS = [
    "identity", "upper", "rot13", "reverse", "double", "wrap", "drop", "length", "phase", "count",
    "hold", "format", "fail", "failAfter", "failOnce", "failOnStart", "failOnClean", "failOnFlush",
    "failOnFinal", "failOnWrite",
]
TEMPLATES = [
    "{start:<}{input}{final:>}", "{n}:{len}:{mode}({input})", "{clean:c}{flush:f}{input}",
    "{{n}}{start:}{nothing}{input}{", "",
]
FLAGS = ["cleanable", "flushable", "removable"]
OPERATIONS = {
    "write": 30, "start": 16, "flush": 8, "clean": 5, "endFlush": 8, "endClean": 4,
    "getContents": 3, "getClean": 4, "getFlush": 4, "getLength": 3, "getLevel": 2, "status": 4,
    "listHandlers": 2, "systemFlush": 2, "implicitFlush": 1, "onShutdown": 2, "exit": 0.5,
}
# PHP's own affair, see the README of the recordings.
IGNORED_STATUS_KEYS = {"phpFlags", "phpBufferSize"}
BINDING_NOTICE_KEYS = ["at", "kind", "handler", "level"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def script(self, name):
        return {"name": name, "ops": self.operations(self.random.randint(1, 40), 0)}

    def operations(self, count, depth):
        return [self.operation(depth) for _ in range(count)]

    def operation(self, depth):
        names, weights = zip(*OPERATIONS.items())
        operation = {"op": self.random.choices(names, weights)[0]}
        match operation["op"]:
            case "write":
                operation["data"] = self.data()
            case "start":
                operation |= self.start()
            case "status":
                if self.random.random() < 0.5:
                    operation["full"] = self.random.random() < 0.7
            case "implicitFlush":
                operation["enabled"] = self.random.random() < 0.7
            case "onShutdown":
                count = self.random.randint(0, 6) if depth < 2 else 0
                operation["ops"] = self.operations(count, depth + 1)
        return operation

    def start(self):
        start = {}
        if self.random.random() < 0.8:
            start["handler"] = self.random.choice(HANDLERS + ["none"] * 5)
        if start.get("handler") in ("failAfter", "failOnce"):
            start["arg"] = self.random.randint(0, 3)
        if start.get("handler") == "format":
            start["template"] = self.random.choice(TEMPLATES)
        if self.random.random() < 0.4:
            start["chunkSize"] = self.random.choice([-5, 0, 1, 2, 3, 7, 16, 100, 4096])
        if self.random.random() < 0.3:
            start["flags"] = [flag for flag in FLAGS if self.random.random() < 0.5]
        return start

    def data(self):
        kind = self.random.random()
        if kind < 0.08:
            return ""
        if kind < 0.75:
            letters = "abcXYZ 0159<>[]{}\n\0é€😀"
            return "".join(self.random.choices(letters, k=self.random.randint(1, 12)))
        if kind < 0.85:
            return self.random.choice("abc") * self.random.choice([99, 1000, 4095, 4096, 10000])
        return encode(self.random.randbytes(self.random.randint(1, 20)))


def encode(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def run(command, scripts):
    lines = "".join(json.dumps(script) + "\n" for script in scripts)
    completed = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    results = [json.loads(line) for line in completed.stdout.split(b"\n") if line]
    assert len(results) == len(scripts), f"{len(results)} results of {len(scripts)} scripts"
    return results


def asks_failed_handler_again(recording):
    failed = set()
    for call in recording["handlerCalls"]:
        if call["buffer"] in failed:
            return True
        if call["output"] is False:
            failed.add(call["buffer"])
    return False


def binding(value):
    """What counts of a result."""
    if isinstance(value, list):
        return [binding(item) for item in value]
    if not isinstance(value, dict):
        return value
    value = {key: binding(item) for key, item in value.items() if key not in IGNORED_STATUS_KEYS}
    if "notices" in value:
        value["notices"] = [
            {key: notice.get(key) for key in BINDING_NOTICE_KEYS} for notice in value["notices"]
        ]
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=5000, help="number of scripts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", default=PACKAGE / ".build/debug/output-replay")
    arguments = parser.parse_args()

    generator = Generator(arguments.seed)
    scripts = [generator.script(f"{arguments.seed}-{n}") for n in range(arguments.count)]
    recordings = run(["php", RECORDER], scripts)
    results = run([arguments.replay], scripts)

    compared = different = 0
    for script, recording, result in zip(scripts, recordings, results):
        if asks_failed_handler_again(recording):
            continue
        compared += 1
        expected, actual = binding(recording), binding(result)
        if expected == actual:
            continue
        different += 1
        if different <= 5:
            print(json.dumps(script))
            for key in sorted(expected.keys() | actual.keys()):
                if expected.get(key) != actual.get(key):
                    print(f"  {key}: PHP {expected.get(key)}\n  {key}: here {actual.get(key)}")
    print(f"seed {arguments.seed}: {compared} of {len(scripts)} compared, {different} different")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
