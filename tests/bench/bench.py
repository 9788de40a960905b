"""How fast and how large pipitctl is beside the limit of the wire, and beside other clients.

  build-aux/bench                   100,000 messages of 1.05 GB, five runs; about ten minutes
  ... --messages N --runs N         fewer
  ... --only NAME                   one measurement; may be repeated

Each run does everything once, one after the other, so that what else the machine does falls on
all; medians are printed. "Raw" is tests/bench/raw-imap.c, which sends the same FETCH, reads and throws away:
the ratio to it is what the engine adds. All times are those of the whole program, from its start to its
end, sign-in included. "Cold" is without Dovecot's dovecot.index.cache, with the mail in the page
cache. mbsync and neomutt are measured where they are installed.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile

import bench_clients as clients
from bench_first_rows import first_rows_ms
from servers import Dovecot, letters
from servers.process import FixtureError

MEASUREMENTS = ['headers', 'first-rows', 'memory', 'unchanged', 'changed', 'bodies']


def say(text=''):
    print(text, flush=True)


class Table:
    """Figures of several runs by name, printed as medians with the ratio to one of them."""

    def __init__(self, title):
        self.title = title
        self._rows = {}

    def add(self, name, usage, base=None):
        self._rows.setdefault(name, (base, []))[1].append(usage)

    def median(self, name, field='seconds'):
        return statistics.median(getattr(usage, field) for usage in self._rows[name][1])

    def say(self):
        say(f'\n{self.title}')
        say(f'{"":34}{"s":>8}{"min":>8}{"max":>8}{"ratio":>8}{"CPU s":>8}{"peak MB":>9}')
        for name, (base, usages) in self._rows.items():
            seconds = [usage.seconds for usage in usages]
            ratio = f'{self.median(name) / self.median(base):.2f}' if base in self._rows else ''
            say(f'{name:34}{self.median(name):8.2f}{min(seconds):8.2f}{max(seconds):8.2f}{ratio:>8}'
                f'{self.median(name, "cpu_seconds"):8.2f}{self.median(name, "peak_kib") / 1024:9.1f}')


class Bench:
    def __init__(self, options, dovecot, directory):
        self.runs = options.runs
        self.count = options.messages
        self.dovecot = dovecot
        self.directory = directory
        self.lab = clients.Lab(dovecot, directory)

    def fill(self):
        say(f'Filling {self.count} messages, and {self.count // 10} for comparing memory')
        self.dovecot.save('bob', 'INBOX', letters.letters(self.count))
        self.dovecot.save('alice', 'INBOX', letters.letters(self.count // 10))

    def headers(self):
        """The first sync of all headers."""
        table = Table(f'First sync of {self.count} headers')
        for _ in range(self.runs):
            for security in ('tls', 'none'):
                for state in ('cold', 'warm'):
                    where = f'{"TLS" if security == "tls" else "plain"}, {state}'
                    for name, run in (('raw', self.lab.raw), ('pipitctl', self.lab.first_sync)):
                        if state == 'cold':
                            self.lab.forget_cache('bob')
                        usage = run('bob', 'headers', security)
                        table.add(f'{name}, {where}', usage, f'raw, {where}')
            if clients.has('neomutt'):
                table.add('neomutt, TLS, warm', self.lab.neomutt('bob'), 'raw, TLS, warm')
        table.say()
        for where in ('TLS, cold', 'TLS, warm'):
            cpu = table.median(f'pipitctl, {where}', 'cpu_seconds')
            say(f'pipitctl, {where}: {cpu / self.count * 1e6:.1f} µs of CPU a message')

    def first_rows(self):
        """How long after the first FETCH the first rows can be read in the cache."""
        found = [first_rows_ms(self.lab, 'bob') for _ in range(self.runs)]
        say(f'\nFirst rows in the cache after the FETCH: {statistics.median(found):.1f} ms '
            f'({min(found):.1f} to {max(found):.1f})')

    def memory(self):
        """What a message costs in memory during a first sync."""
        measured = {}
        for _ in range(self.runs):
            for user, count in (('alice', self.count // 10), ('bob', self.count)):
                measured.setdefault(count, []).append(self.lab.first_sync(user, 'headers', 'tls'))
        say(f'\nMemory of pipitctl sync{"peak resident MB":>27}{"peak anonymous MB":>20}')
        medians = {}
        for count, usages in measured.items():
            medians[count] = [statistics.median(usage.peak_kib for usage in usages),
                              statistics.median(usage.anonymous_kib for usage in usages)]
            say(f'{count:>10} messages{medians[count][0] / 1024:31.1f}'
                f'{medians[count][1] / 1024:20.1f}')
        more = self.count - self.count // 10
        small, large = medians[self.count // 10], medians[self.count]
        say(f'between the two, bytes a message: resident {(large[0] - small[0]) * 1024 / more:.1f}, '
            f'anonymous {(large[1] - small[1]) * 1024 / more:.1f}')

    def unchanged(self):
        """A sync when nothing has happened."""
        table = Table(f'Sync of {self.count} unchanged messages')
        self._again(table, lambda: None)
        table.say()

    def changed(self):
        """A sync after some changes by somebody else."""
        table = Table(f'Sync of {self.count} messages after 100 flags, 10 new and 10 expunged')
        self._again(table, lambda: self.lab.change('bob'))
        table.say()

    def _again(self, table, change):
        profile = self.lab.profile('bob', 'tls')
        self.lab.sync(profile)
        mbsync = self.lab.mbsync_channel('bob') if clients.has('mbsync') else None
        if mbsync is not None:
            self.lab.mbsync(mbsync)
        for _ in range(self.runs):
            change()
            table.add('raw, flags of all', self.lab.raw('bob', 'flags', 'tls'))
            table.add('pipitctl', self.lab.sync(profile), 'raw, flags of all')
            if mbsync is not None:
                table.add('mbsync', self.lab.mbsync(mbsync), 'raw, flags of all')
        self.lab.drop(profile)
        self.lab.drop(mbsync)

    def bodies(self):
        """All bytes of all messages."""
        table = Table(f'Full download of {self.count} messages over TLS')
        with_headers = self.lab.profile('bob', 'tls')
        self.lab.sync(with_headers)
        for _ in range(self.runs):
            table.add('raw, bodies', self.lab.raw('bob', 'bodies', 'tls'))
            profile = self.lab.copy(with_headers)
            table.add('pipitctl, bodies', self.lab.sync(profile, 'all'), 'raw, bodies')
            self.lab.drop(profile)
            table.add('raw, headers and bodies', self.lab.raw('bob', 'headers bodies', 'tls'),
                      'raw, bodies')
            table.add('pipitctl, headers and bodies', self.lab.first_sync('bob', 'bodies', 'tls'),
                      'raw, headers and bodies')
            if clients.has('mbsync'):
                channel = self.lab.mbsync_channel('bob')
                table.add('mbsync without fsync', self.lab.mbsync(channel), 'raw, bodies')
                self.lab.drop(channel)
        self.lab.drop(with_headers)
        table.say()


def parse():
    parser = argparse.ArgumentParser(prog='build-aux/bench', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--messages', type=int, default=100_000, metavar='N')
    parser.add_argument('--runs', type=int, default=5, metavar='N')
    parser.add_argument('--only', action='append', choices=MEASUREMENTS, metavar='NAME',
                        help=', '.join(MEASUREMENTS))
    options = parser.parse_args()
    if options.messages < 200 or options.runs < 1:
        parser.error('at least 200 messages and one run')
    return options


def main():
    options = parse()
    directory = tempfile.mkdtemp(prefix='pipit-bench-')
    try:
        with Dovecot(users={'alice': 'pw', 'bob': 'pw'}, quota='100G') as dovecot:
            bench = Bench(options, dovecot, directory)
            bench.fill()
            for name in options.only or MEASUREMENTS:
                getattr(bench, name.replace('-', '_'))()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    load = os.getloadavg()
    say(f'\nload of the machine at the end: {load[0]:.1f} {load[1]:.1f} {load[2]:.1f}')


if __name__ == '__main__':
    try:
        main()
    except (clients.ClientError, FixtureError) as error:
        sys.exit(f'bench: {error}')
