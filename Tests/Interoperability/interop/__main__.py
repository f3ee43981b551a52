"""Every scenario of the demo through the clients and the proxy that people use.

    python3 Tests/Interoperability/interop DEMO-SERVER SCRIPTED-SERVER

Prints a row a client, a column a scenario, and exits with 0 only if every cell holds. A client that is not on
the machine is skipped with a word; as root, where apt is, it is installed.
"""

import concurrent.futures
import contextlib
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from checker import CheckerMissing, check_pages  # noqa: E402
from checks import Check, DemoApplication, FLYINGFOX_CANNOT, SCENARIOS, ScriptedApplication, Target  # noqa: E402
from clients import ClientError, Curl, Nghttp, PythonHTTP, Wire  # noqa: E402
from codings import CodingChecks  # noqa: E402
from packages import find, install  # noqa: E402
from servers import adapters, leave_on_sigterm, Nginx, ScriptedServer, Server, SideDoor, wire  # noqa: E402

PACKAGES = {"curl": "curl", "nghttp": "nghttp2-client", "nginx": "nginx-light"}
PARALLEL = 10
# What fails by time alone is done again, for other work on the machine delays everybody.
ATTEMPTS = 3
IDLE_SECONDS = 10
IDLE_FIGURES = ("liveResponses", "liveCoders", "afterResponseTasks")


def install_missing():
    """Says what is missing after what could be installed has been."""
    install([package for name, package in PACKAGES.items() if not find(name)])
    return [name for name in PACKAGES if not find(name)]


class Proxy:
    """How nginx is set up, and what is expected of it.

    An early answer is complete by its length, so nginx passes it on at once even with buffering. With buffering
    nginx may hold what is flushed until the answer ends (it does where it asks with HTTP/1.0, its default, and
    where it codes by itself); `X-Accel-Buffering: no` of the response switches that off. What is coded passes
    through untouched; nginx codes by itself only what is not.
    """

    def __init__(self, gzip, buffering, version="1.1", passes_accept_encoding=True, field=False):
        self.gzip, self.buffering, self.version = gzip, buffering, version
        self.passes_accept_encoding, self.field = passes_accept_encoding, field

    @property
    def may_hold(self):
        return self.buffering and not self.field

    @property
    def codes(self):
        """Whether nginx codes what comes to it uncoded."""
        return self.gzip

    def recodes(self, accepts_gzip):
        """Whether nginx codes a complete answer; its length is not known before then."""
        return accepts_gzip and self.gzip and not self.passes_accept_encoding

    @property
    def settings(self):
        lines = [
            f"gzip {'on' if self.gzip else 'off'};", f"proxy_buffering {'on' if self.buffering else 'off'};",
            f"proxy_http_version {self.version};",
            'proxy_set_header Connection "";' if self.version == "1.1" else ""]
        if not self.passes_accept_encoding:
            lines.append('proxy_set_header Accept-Encoding "";')
        return " ".join(lines)

    @property
    def name(self):
        words = [f"gzip {'on' if self.gzip else 'off'}", f"buffering {'on' if self.buffering else 'off'}"]
        words += ["to 1.0"] if self.version == "1.0" else []
        words += ["codes itself"] if not self.passes_accept_encoding else []
        words += ["X-Accel: no"] if self.field else []
        return "nginx " + ", ".join(words)


PROXIES = [
    *(Proxy(gzip, buffering) for gzip in (False, True) for buffering in (False, True)),
    Proxy(False, True, version="1.0"), Proxy(False, False, version="1.0"),
    *(Proxy(True, buffering, passes_accept_encoding=False) for buffering in (False, True)),
    *(Proxy(gzip, True, field=True) for gzip in (False, True)),
    Proxy(False, True, version="1.0", field=True), Proxy(True, True, passes_accept_encoding=False, field=True),
]


class Bench:
    """The servers and the rows; whatever has started of them is ended by `stop`."""

    def __init__(self, missing):
        self.missing = missing
        self.running = contextlib.ExitStack()
        self.skipped = [f"{name}: not on this machine, and it can't be installed from here" for name in missing]
        self.servers = []
        self.nginx = None

    def start(self, demo_path, scripted_path):
        self.demo = self.add(Server(demo_path))
        known = adapters(scripted_path)
        self.scripted = {
            adapter: self.add(ScriptedServer(scripted_path, adapter))
            for adapter in ("hummingbird", "nio-h1", "nio-h2", "hummingbird-h2", "flyingfox") if adapter in known}
        self.applications = {name: ScriptedApplication(SideDoor(server)) for name, server in self.scripted.items()}
        self.targets = list(self.rows())

    def add(self, server):
        self.running.enter_context(server)
        self.servers.append(server)
        return server

    def stop(self):
        """Ends everything and returns what did not end well."""
        self.running.close()
        return [
            f"{getattr(server, 'adapter', 'demo-server')} ended with {server.process.returncode}"
            for server in self.servers if server.process.returncode != 0]

    def rows(self):
        demo = DemoApplication(self.demo)
        origin = f"http://{self.demo.address[0]}:{self.demo.address[1]}"
        if "curl" not in self.missing:
            yield Target("curl --http1.1", Curl(origin, "--http1.1"), demo)
            yield Target("curl --http1.0", Curl(origin, "--http1.0", keeps=False), demo, version="1.0")
            for adapter in ("nio-h1", "flyingfox"):
                if adapter in self.scripted:
                    curl = Curl(self.scripted[adapter].origin, "--http1.1")
                    cannot = FLYINGFOX_CANNOT if adapter == "flyingfox" else {}
                    for name, reason in cannot.items():
                        self.skipped.append(f"{adapter}: {name}; {reason}")
                    yield Target(f"curl --http1.1, {adapter}", curl, self.applications[adapter], cannot=cannot)
            if "nio-h1" in self.scripted:
                curl = Curl(self.scripted["nio-h1"].origin, "--http1.0", keeps=False)
                yield Target("curl --http1.0, nio-h1", curl, self.applications["nio-h1"], version="1.0")
            for adapter, option in (("nio-h2", ["--http2-prior-knowledge"]), ("hummingbird-h2", ["--http2", "-k"])):
                if adapter in self.scripted:
                    keeps = adapter != "nio-h2" or not Curl.loses_cleartext_http2()
                    if not keeps:
                        self.skipped.append("curl --http2, nio-h2: the second request on one connection (1, 3); "
                                            "this curl can't (curl/curl#10643), so it takes another connection")
                    curl = Curl(self.scripted[adapter].origin, *option, keeps=keeps)
                    yield Target(f"curl --http2, {adapter}", curl, self.applications[adapter], version="2")
        yield Target("http.client + zlib", PythonHTTP(self.demo.address), demo)
        if "nio-h1" in self.scripted:
            client = PythonHTTP(self.scripted["nio-h1"].address)
            yield Target("http.client + zlib, nio-h1", client, self.applications["nio-h1"])
        if "nghttp" not in self.missing:
            self.skipped.append("nghttp: the second request on one connection (1, 3); all its requests have the same "
                                "script, so it takes another connection")
            for adapter in ("nio-h2", "hummingbird-h2"):
                if adapter in self.scripted:
                    client = Nghttp(self.scripted[adapter].origin)
                    yield Target(f"nghttp, {adapter}", client, self.applications[adapter], version="2")
        if "nginx" not in self.missing:
            yield from self.proxied(demo)

    def proxied(self, demo):
        scripted = self.scripted["hummingbird"]
        field = ScriptedApplication(SideDoor(scripted), [("X-Accel-Buffering", "no")])
        self.nginx = Nginx(find("nginx"), {
            proxy.name: ((scripted if proxy.field else self.demo).address, proxy.settings) for proxy in PROXIES})
        self.running.callback(self.nginx.stop)
        for proxy in PROXIES:
            client = Wire(self.nginx.address(proxy.name))
            yield Target(proxy.name, client, field if proxy.field else demo, proxy=proxy)

    def warm_up(self):
        for target in self.targets:
            for gzip in (False, True):
                try:
                    target.client.fetch(target.application.request("/page", "warm-up", gzip))
                except (ClientError, wire.WireError, OSError):
                    pass

    def run_one(self, target, gzip, name, scenario):
        for _ in range(ATTEMPTS):
            check = self.run_once(target, gzip, name, scenario)
            if check.failures or not check.late:
                break
        check.failures += check.late
        return check

    def run_once(self, target, gzip, name, scenario):
        check = Check(target, gzip)
        check.cannot = target.cannot.get(name)
        if check.cannot:
            return check
        try:
            scenario(check)
        except (ClientError, wire.WireError, OSError, ValueError) as error:
            check.failures.append(f"{type(error).__name__}: {error}")
        except Exception as error:  # a mistake of these scripts, and as such a failure
            check.failures.append(f"{type(error).__name__}: {error!r}")
        return check


def left_in(server):
    """What is left in a server when it has had the time to get rid of it."""
    deadline = time.monotonic() + IDLE_SECONDS
    while True:
        stats = SideDoor(server).stats()
        left = {name: stats[name] for name in IDLE_FIGURES if stats[name]}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def cell(check):
    if check.failures:
        return "FAIL"
    if check.cannot:
        return "can't"
    figures = [seconds for seconds in check.figures.values() if seconds is not None]
    text = f"{max(figures) * 1000:.0f} ms" if figures else "ok"
    return text + (" held" if check.held else "") if figures else ("held" if check.held else text)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python3 Tests/Interoperability/interop DEMO-SERVER SCRIPTED-SERVER")
    started = time.monotonic()
    leave_on_sigterm()
    bench = Bench(install_missing())
    failures, total = [], 0
    try:
        bench.start(sys.argv[1], sys.argv[2])
        bench.warm_up()
        width = max(len(target.name) for target in bench.targets) + 2
        print("the longest of the times that have to be short (message complete, next answer, flushed text seen);\n"
              "held: nginx with buffering kept a flush until the answer ended, as it may; can't: see below\n")
        print(f"{'client':<{width}}{'gzip':<10}" + "".join(f"{name:<13}" for name, _ in SCENARIOS), flush=True)
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool, contextlib.ExitStack() as unfinished:
            # Whatever ends this, what has not begun is not waited for.
            unfinished.callback(pool.shutdown, cancel_futures=True)
            rows = [
                (target, gzip, [pool.submit(bench.run_one, target, gzip, *scenario) for scenario in SCENARIOS])
                for target in bench.targets for gzip in (False, True)]
            for target, gzip, cells in rows:
                checks = [future.result() for future in cells]
                total += sum(not check.cannot for check in checks)
                print(f"{target.name:<{width}}{'accepted' if gzip else 'refused':<10}"
                      + "".join(f"{cell(check):<13}" for check in checks), flush=True)
                for (name, _), check in zip(SCENARIOS, checks):
                    for reason in check.failures:
                        failures.append(reason)
                        print(f"    {name}: {reason}", flush=True)
        try:
            failures += check_pages(f"http://{bench.demo.address[0]}:{bench.demo.address[1]}")
        except CheckerMissing as error:
            # In CI nothing is passed over.
            (failures if os.environ.get("CI") else bench.skipped).append(f"redbot: {error}")
            print(f"redbot: {error}")
        codings = CodingChecks(
            sys.argv[2], [name for name in ("nio-h1", "hummingbird", "flyingfox", "nio-h2") if name in bench.scripted])
        codings.run()
        failures += codings.failures
        bench.skipped += sorted(set(codings.skipped))
        failed_cells = sum(bool(future.result().failures) for _, _, cells in rows for future in cells)
        if bench.nginx and (errors := bench.nginx.errors()):
            print("\nnginx logged:\n" + errors[-1500:])
        for server in bench.scripted.values():
            if left := left_in(server):
                failures.append(f"{server.adapter} is left with {left}")
                print(failures[-1])
    finally:
        bad = bench.stop()
    for word in bench.skipped:
        print(f"skipped: {word}")
    print("\n".join(bad))
    print(f"{total - failed_cells} of {total} cells hold; {time.monotonic() - started:.0f} s")
    sys.exit(1 if failures or bad else 0)


if __name__ == "__main__":
    main()
