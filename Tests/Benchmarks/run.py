#!/usr/bin/env python3
"""Counts instructions per stanza, ours against the floor, and fails where a gate is missed.

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
# how many instructions.
GATES = [
    ("parse to owned elements", "parse", "parse-floor", "presence.xml", 1.35),
    ("serialize elements", "serialize", "serialize-floor", "outgoing.tsv", 6.0),
    ("address from bytes", "address", None, "outgoing.tsv", 2000),
]


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


def count(command):
    """The instructions that a command executes, and what it prints."""
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--branch-sim=no",
                "--cachegrind-out-file=/dev/null"]
    run = subprocess.run(valgrind + command, capture_output=True, text=True)
    refs = re.search(r"I\s+refs:\s+([\d,]+)", run.stderr)
    if run.returncode != 0 or not refs:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return int(refs.group(1).replace(",", "")), run.stdout.strip()


def measure(benchmark, folder):
    """Instructions per stanza and digest for every mode."""
    jobs = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for _, ours, floor, file, _ in GATES:
            for mode in filter(None, (ours, floor)):
                for passes in ("1", "3"):
                    command = [benchmark, mode, os.path.join(folder, file), passes]
                    jobs[mode, passes] = pool.submit(count, command)
    result = {}
    for mode in {mode for mode, _ in jobs}:
        (once, digest), (thrice, same) = jobs[mode, "1"].result(), jobs[mode, "3"].result()
        if digest != same:
            sys.exit(f"{mode} saw {digest}, then {same}")
        result[mode] = ((thrice - once) / (2 * STANZAS), digest)
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
            cost = result[ours][0]
            verdict = "" if cost <= gate else "  MISSED"
            failed = failed or verdict != ""
            print(f"{title:<26}{'':>8}{cost:>8.0f}{'':>8}{gate:>8}{verdict}")
            continue
        (cost, digest), (least, expected) = result[ours], result[floor]
        ratio = cost / least
        verdict = "" if ratio <= gate else "  MISSED"
        if digest != expected:
            verdict += f"  DIFFERENT: floor {expected}; ours {digest}"
        failed = failed or verdict != ""
        print(f"{title:<26}{least:>8.0f}{cost:>8.0f}{ratio:>8.3f}{gate:>8.2f}{verdict}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
