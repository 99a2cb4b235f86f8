#!/usr/bin/env python3
"""Counts instructions per stanza, ours against the floor, and allocations; fails where a gate is missed.

    python3 Tests/Benchmarks/run.py [--build-path DIR]

Needs valgrind. The count is (3 passes - 1 pass) / 2, so start-up cancels out; it repeats to about 0.1 %,
on any machine with the same libxml2 and compiler. The corpus is that of generate.py, or of the script that
the environment variable PRESENCEKIT_CORPUS_GENERATOR names.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
STANZAS = 2000
# What is measured, the mode and its floor, the file, and how much of the floor it may cost; without a floor,
# how many instructions, None for any number.
GATES = [
    ("parse to owned elements", "parse", "parse-floor", "presence.xml", 1.35),
    ("serialize elements", "serialize", "serialize-floor", "outgoing.tsv", 6.0),
    ("address from bytes", "address", None, "outgoing.tsv", 1800),
    ("  beyond ASCII", "address-beyond-ascii", None, "outgoing.tsv", None),
    ("full, bare, dictionary", "lookup", None, "outgoing.tsv", 800),
    ("full, bare, roster", "roster-lookup", None, "outgoing.tsv", None),
    ("bare, beyond ASCII", "lookup-beyond-ascii", None, "outgoing.tsv", 700),
]
# How many allocations one may take.
ALLOCATIONS = [("address", 2), ("lookup", 0), ("roster-lookup", 0), ("lookup-beyond-ascii", 0)]
# Otherwise each process hashes in its own way.
ENVIRONMENT = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}


def build(build_path):
    # Without debug information (-S), which valgrind 3.19 cannot read as clang writes it.
    command = ["swift", "build", "--package-path", HERE, "-c", "release", "-Xlinker", "-S"]
    if build_path:
        command += ["--build-path", build_path]
    subprocess.run(command, check=True, stdout=sys.stderr)
    folder = subprocess.run(command + ["--show-bin-path"], check=True, capture_output=True, text=True)
    return os.path.join(folder.stdout.strip(), "Benchmark")


def generate(folder):
    script = os.environ.get("PRESENCEKIT_CORPUS_GENERATOR") or os.path.join(HERE, "generate.py")
    sizes = ["--presence", str(STANZAS), "--roster", "1000", "--pushes", "1000", "--seed", "1"]
    subprocess.run([sys.executable, script, "--out", folder, *sizes], check=True, stdout=subprocess.DEVNULL)


def count(command, allocations=False):
    """The instructions that a command executes, or its allocations, and what it prints."""
    tool = ["--tool=cachegrind", "--cache-sim=no", "--branch-sim=no", "--cachegrind-out-file=/dev/null"]
    pattern = r"I\s+refs:\s+([\d,]+)"
    if allocations:
        tool, pattern = ["--tool=memcheck", "--leak-check=no"], r"total heap usage: ([\d,]+) allocs"
    run = subprocess.run(["valgrind", *tool, *command], capture_output=True, text=True, env=ENVIRONMENT)
    found = re.search(pattern, run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return int(found.group(1).replace(",", "")), run.stdout.strip()


def measure(benchmark, folder):
    """Instructions or allocations per stanza, and digest, for every mode."""
    modes = [(mode, file, False) for _, ours, floor, file, _ in GATES for mode in (ours, floor) if mode]
    modes += [(mode, "outgoing.tsv", True) for mode, _ in ALLOCATIONS]
    jobs = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for mode, file, allocations in modes:
            for passes in ("1", "3"):
                command = [benchmark, mode, os.path.join(folder, file), passes]
                jobs[mode, allocations, passes] = pool.submit(count, command, allocations)
    result = {}
    for mode, _, allocations in modes:
        (once, digest), (thrice, same) = (jobs[mode, allocations, passes].result() for passes in ("1", "3"))
        if digest != same:
            sys.exit(f"{mode} saw {digest}, then {same}")
        result[mode, allocations] = ((thrice - once) / (2 * STANZAS), digest)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-path", help="where to build, .build beside this file if not given")
    benchmark = build(parser.parse_args().build_path)
    with tempfile.TemporaryDirectory() as folder:
        generate(folder)
        result = measure(benchmark, folder)

    failed = False
    print(f"{'instructions per stanza':<26}{'floor':>8}{'ours':>8}{'ratio':>8}{'gate':>8}")
    for title, ours, floor, _, gate in GATES:
        if floor is None:
            cost = result[ours, False][0]
            verdict = "" if gate is None or cost <= gate else "  MISSED"
            failed = failed or verdict != ""
            print(f"{title:<26}{'':>8}{cost:>8.0f}{'':>8}{gate or '':>8}{verdict}")
            continue
        (cost, digest), (least, expected) = result[ours, False], result[floor, False]
        ratio = cost / least
        verdict = "" if ratio <= gate else "  MISSED"
        if digest != expected:
            verdict += f"  DIFFERENT: floor {expected}; ours {digest}"
        failed = failed or verdict != ""
        print(f"{title:<26}{least:>8.0f}{cost:>8.0f}{ratio:>8.3f}{gate:>8.2f}{verdict}")
    for mode, gate in ALLOCATIONS:
        cost = result[mode, True][0]
        verdict = "" if cost <= gate else "  MISSED"
        failed = failed or verdict != ""
        print(f"{'allocations, ' + mode:<26}{'':>8}{cost:>8.3f}{'':>8}{gate:>8}{verdict}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
