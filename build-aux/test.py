"""Builds Pipit and runs its tests, as build-aux/test asks.

  build-aux/test            everything: gcc and all tests; clang without a warning and all tests
                            without servers and windows under AddressSanitizer and UBSan
  build-aux/test --quick    gcc, and the tests without servers, windows and large data
  build-aux/test --gcc      the first half
  build-aux/test --asan     the second half, and the tests with servers as well
  build-aux/test --servers  one day with Dovecot 2.3 and 2.4, Cyrus and Courier: needs root, and what
                            they need is fetched into build-test/roots
  build-aux/test --valgrind the tests of --quick under valgrind
  ... --suite NAME          only the tests of a suite, such as a floor's name; may be repeated
"""

import argparse
import glob
import json
import os
import re
import shlex
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SLOW_SUITES = ['servers', 'window', 'large']
# Only when asked for: what they need has to be fetched first.
RARE_SUITES = ['matrix']
# Suites that run none of Pipit's own code: once is enough.
WITHOUT_CODE = ['data', 'fixtures', 'walls']
SHOWN_FAILURES = 12
SHOWN_LINES = 40

# Calling through casts of function types is how GLib's C is written: clang's newer check of that
# is left out.
SANITIZERS = ['-Db_sanitize=address,undefined', '-Db_lundef=false', '-Dbuildtype=debug',
              '-Doptimization=1', '-Dc_args=-fno-sanitize=function']
# Whole stacks of every allocation take twenty times as long. Without them a leak through GLib does
# not show whose it is, and what is not ours cannot be told by tests/lsan.supp: programs that leak
# are therefore run again with them.
WHOLE_STACKS = 'fast_unwind_on_malloc=0'
LEAK = 'LeakSanitizer: detected memory leaks'
SANITIZER_ENVIRONMENT = {
    'ASAN_OPTIONS': 'strict_string_checks=1:' + os.environ.get('ASAN_OPTIONS', ''),
    'LSAN_OPTIONS': f'suppressions={TOP}/tests/lsan.supp:print_suppressions=0',
    'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
    'G_SLICE': 'always-malloc',
}
VALGRIND = ['valgrind', '--quiet', '--leak-check=no', '--error-exitcode=9',
            '--suppressions=/usr/share/glib-2.0/valgrind/glib.supp']


class Count:
    """How many single tests passed, failed and were skipped."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed = passed
        self.failed = failed
        self.skipped = skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        text = f'{self.passed} passed, {self.failed} failed'
        return text + (f', {self.skipped} skipped' if self.skipped else '')


class Stage:
    """One build folder and the tests that run in it."""

    def __init__(self, name, folder, options=(), compiler='gcc', without=(), environment=None,
                 meson_test=(), only=()):
        self.name = name
        self.folder = os.path.join(TOP, folder)
        self.options = list(options)
        self.compiler = compiler
        self.without = without if only else [*without, *RARE_SUITES]
        self.only = only
        self.environment = {**os.environ, **(environment or {})}
        self.meson_test = list(meson_test)

    def run(self, suites):
        """Builds and tests; a build that fails, or warns, is one failed test."""
        begun = time.monotonic()
        if not self._build():
            return Count(failed=1)
        say(f'{self.name}: built without warnings in {time.monotonic() - begun:.0f} s')
        count = Count(passed=1)
        begun = time.monotonic()
        tested = self._test(suites)
        say(f'{self.name}: {tested} in {time.monotonic() - begun:.0f} s')
        count.add(tested)
        return count

    def _build(self):
        if not os.path.exists(os.path.join(self.folder, 'build.ninja')):
            command = ['meson', 'setup', self.folder, TOP, '-Dprofile=development', *self.options]
            if not self._logged(command, {'CC': self.compiler}):
                return False
        return self._logged(['ninja', '-k0', '-C', self.folder])

    def _logged(self, command, environment=None):
        done = subprocess.run(command, env={**self.environment, **(environment or {})}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              errors='replace')
        if done.returncode != 0:
            say(f'{self.name}: failed: {shlex.join(command)}')
            print('\n'.join(telling_build_lines(done.stdout)))
        return done.returncode == 0

    def _test(self, suites):
        # With a wrapper meson puts its name into that of the log.
        logs = os.path.join(self.folder, 'meson-logs', 'testlog*.json')
        for log in glob.glob(logs):
            os.remove(log)
        command = ['meson', 'test', '-C', self.folder, '--no-rebuild',
                   '--num-processes', str(processes()), *self.meson_test]
        for suite in self.without:
            command += ['--no-suite', suite]
        for suite in suites or self.only:
            command += ['--suite', suite]
        status = follow(command, self.environment)
        written = glob.glob(logs)
        if not written:
            say(f'{self.name}: no test was run')
            return Count(failed=1)
        with open(written[0], encoding='utf-8') as file:
            records = [json.loads(line) for line in file]
        leaking = [record['name'] for record in records if LEAK in json.dumps(record)]
        if leaking and WHOLE_STACKS not in self.environment['ASAN_OPTIONS']:
            return self._look_at_leaks(records, leaking)
        return count_records(self.name, records, status)

    def _look_at_leaks(self, records, leaking):
        """Counts @records, with those of the programs that leak taken anew, with whole stacks."""
        again = Stage(self.name + ', leaks', self.folder, environment={
            **self.environment, 'ASAN_OPTIONS': f'{self.environment["ASAN_OPTIONS"]}:{WHOLE_STACKS}'},
            meson_test=[*self.meson_test, *(name.split(' / ')[-1] for name in leaking)])
        say(f'{self.name}: {len(leaking)} programs again, for whole stacks of their leaks')
        count = again._test([])
        count.add(count_records(self.name, [record for record in records
                                            if record['name'] not in leaking]))
        return count


def processes():
    """How many tests run at a time: half of them only wait, for a server or for a window."""
    return len(os.sched_getaffinity(0)) + 1


def follow(command, environment):
    """Runs meson test and passes on its line for each test."""
    with subprocess.Popen(command, env=environment, text=True, errors='replace',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        for line in child.stdout:
            if re.match(r' *\d+/\d+ ', line):
                print('  ' + line.strip(), flush=True)
    return child.returncode


def count_records(name, records, status=0):
    """Adds up meson's records, and prints what the failed ones said."""
    total = Count()
    failures = []
    for record in records:
        count = count_record(record)
        total.add(count)
        if count.failed:
            failures.append(record)
    if status != 0 and not failures:
        total.failed += 1
        say(f'{name}: meson test failed with status {status}')
    for record in failures[:SHOWN_FAILURES]:
        say(f'{name}: {record["name"]}: {record["result"]}')
        print('\n'.join(telling_lines(record)))
    return total


def count_record(record):
    """Counts one program: each line of its TAP, or the program as one."""
    count = Count()
    if record['result'] == 'SKIP':
        return Count(skipped=1)
    output = record.get('stdout', '')
    if re.search(r'^1\.\.\d+', output, re.MULTILINE):
        for verdict, rest in re.findall(r'^(ok|not ok)\b(.*)$', output, re.MULTILINE):
            if re.search(r'#\s*SKIP', rest, re.IGNORECASE):
                count.skipped += 1
            elif verdict == 'ok' or re.search(r'#\s*TODO', rest):
                count.passed += 1
            else:
                count.failed += 1
    elif record['result'] == 'OK':
        count.passed = 1
    # All its tests were fine, and it crashed, leaked or ran out of time.
    if record['result'] not in ('OK', 'EXPECTEDFAIL') and count.failed == 0:
        count.failed = 1
    return count


def telling_build_lines(output):
    """What the compiler said, from the first failure on, without its command lines."""
    lines = [line for line in output.splitlines()
             if not re.match(r'\[\d+/\d+\] |(ccache )?(gcc|clang|cc) ', line)]
    first = next((i for i, line in enumerate(lines) if line.startswith('FAILED:')), -SHOWN_LINES)
    return lines[first:][:SHOWN_LINES]


def telling_lines(record):
    """The end of what a failed test printed, without what went well."""
    lines = [line for line in record.get('stdout', '').splitlines()
             if not re.match(r'ok |# Start of|# End of|# random seed|TAP version', line)]
    errors = record.get('stderr', '').splitlines()
    return ['  | ' + line for line in lines[-SHOWN_LINES:] + errors[-SHOWN_LINES:]]


def say(text):
    print(f'== {text}', flush=True)


def stages_of(arguments):
    quick = Stage('gcc, quick', 'build-test', without=SLOW_SUITES)
    gcc = Stage('gcc', 'build-test')
    asan = Stage('clang, AddressSanitizer, UBSan', 'build-asan', SANITIZERS, 'clang',
                 ['window', 'large', *WITHOUT_CODE], SANITIZER_ENVIRONMENT, ['--timeout-multiplier', '4'])
    # Under AddressSanitizer real servers are met by --asan only, for the time that it takes.
    asan_alone = Stage('clang, AddressSanitizer, UBSan', 'build-asan', SANITIZERS, 'clang',
                       [*SLOW_SUITES, *WITHOUT_CODE], SANITIZER_ENVIRONMENT,
                       ['--timeout-multiplier', '4'])
    valgrind = Stage('valgrind', 'build-test', without=[*SLOW_SUITES, *WITHOUT_CODE],
                     environment={'G_SLICE': 'always-malloc'},
                     meson_test=['--wrapper', shlex.join(VALGRIND), '--timeout-multiplier', '10'])
    servers = Stage('gcc, servers', 'build-test', only=['matrix'])
    if arguments.quick:
        return [quick]
    if arguments.servers:
        return [servers]
    if arguments.gcc:
        return [gcc]
    if arguments.asan:
        return [asan]
    if arguments.valgrind:
        return [valgrind]
    return [gcc, asan_alone]


def main():
    parser = argparse.ArgumentParser(prog='build-aux/test', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    for name in ('quick', 'gcc', 'asan', 'servers', 'valgrind'):
        which.add_argument('--' + name, action='store_true')
    parser.add_argument('--suite', action='append', default=[])
    arguments = parser.parse_args()

    begun = time.monotonic()
    total = Count()
    for stage in stages_of(arguments):
        total.add(stage.run(arguments.suite))
    say(f'{time.monotonic() - begun:.0f} s in all')
    print(total)
    sys.exit(1 if total.failed else 0)


if __name__ == '__main__':
    main()
