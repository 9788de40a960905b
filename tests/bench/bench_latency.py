"""What a person waits for over a network that is not here, and how many round trips it takes.

  build-aux/bench --latency           0, 50 and 200 ms, and 50 ms with 1 % of the packets lost
  ... --messages N --runs N --rtt MS  other sizes; --rtt may be repeated

The network is tests/servers/link.py. Each flow is timed from what starts it to what a person sees;
medians are printed. Its round trips are what it takes longer at a round-trip time than at none,
divided by it: nothing that this machine does counts. Needs root.
"""

import argparse
import glob
import os
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'integration'))

from servers import Dovecot, letters, open_submission, process
from servers import link as links
from sync_client import SyncClient

FLOWS = ['first sign-in to 50 rows', 'start with a warm cache', 'flag change', 'open a message',
         'open one of 1 MB', 'send a message']
FLAG = 2
LARGE = (b'From: a@example.test\r\nTo: alice@example.test\r\nSubject: large\r\n'
         b'Message-ID: <large@example.test>\r\nDate: Mon, 13 Nov 2023 10:00:00 +0000\r\n'
         b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n'
         b'--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n'
         b'Content-Disposition: attachment; filename=a.bin\r\n\r\n')


def say(text=''):
    print(text, flush=True)


def large_message():
    line = b'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n'
    return LARGE + line * (1000000 // len(line)) + b'--b--\r\n'


class Bench:
    def __init__(self, dovecot, submission, link):
        self.dovecot, self.submission, self.link = dovecot, submission, link
        self.directory = tempfile.mkdtemp(prefix='pipit-latency-')

    def open(self, name):
        smtp = f'{self.link.host}:{self.link.reach(self.submission.submissions_port)}:tls'
        return SyncClient(self.dovecot, 'alice', directory=os.path.join(self.directory, name),
                          smtp=smtp, link=self.link, headers_only=True)

    def rows(self, name):
        """How many messages the cache has, seen from outside."""
        try:
            path = os.path.join(self.directory, name, 'cache.db')
            with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as cache:
                return cache.execute('SELECT count(*) FROM location').fetchone()[0]
        except sqlite3.Error:
            return 0

    @staticmethod
    def wait(condition, what):
        begun = time.monotonic()
        process.wait_until(condition, what, timeout_s=120, interval_s=0.002)
        return time.monotonic() - begun

    @staticmethod
    def turn(client):
        client.command('wait-for-news', 0.005)
        return client.command('status')

    def run(self, number):
        """Returns seconds by flow."""
        name = f'{self.link.rtt_ms}-{self.link.loss}-{number}'
        os.makedirs(os.path.join(self.directory, name))
        found = {}
        client = self.open(name)
        client.command('live')
        # the client works while nobody talks to it only if it is told to turn its loop
        client.send('wait-for-news', 60)
        found['first sign-in to 50 rows'] = self.wait(lambda: self.rows(name) >= 50, 'the first rows')
        client.receive()
        self.wait(lambda: self.turn(client)['live'], 'the end of the first sync')
        rows = client.dump()['INBOX']['messages']
        client.close()

        client = self.open(name)
        client.command('live')
        found['start with a warm cache'] = self.wait(lambda: self.turn(client)['live'], 'IDLE')
        client.settle()

        begun = time.monotonic()
        # an earlier run may have set it: what changes nothing goes nowhere
        is_set = rows[-1]['flags'] & FLAG
        client.command('change', 'flags', 'INBOX', rows[-1]['message_id'], 0 if is_set else FLAG,
                       FLAG if is_set else 0)
        answer = client.command('settle')
        assert 'error' not in answer, answer
        found['flag change'] = time.monotonic() - begun
        self.wait(lambda: self.turn(client)['live'], 'IDLE')

        by_id = {row['message_id']: row for row in rows}
        large = by_id.pop('large@example.test')
        small = next(row for row in by_id.values() if row['size'] < 20000)
        for flow, row in (('open a message', small), ('open one of 1 MB', large)):
            begun = time.monotonic()
            answer = client.body('INBOX', row['uid'], 'text')
            found[flow] = time.monotonic() - begun
            assert answer.get('bytes'), answer
            self.wait(lambda: self.turn(client)['live'], 'IDLE')

        path = os.path.join(self.directory, 'letter.eml')
        letter = f'<{uuid.uuid4()}@example.test>'
        with open(path, 'wb') as file:
            file.write(f'From: alice@example.test\r\nTo: bob@example.test\r\n'
                       f'Message-ID: {letter}\r\nSubject: Hello\r\n\r\nHello\r\n'.encode())
        begun = time.monotonic()
        item = client.command('submit', uuid.uuid4(), 'alice@example.test', 'bob@example.test', path)
        self.wait(lambda: self.sent(client, item['item']), 'the letter')
        found['send a message'] = time.monotonic() - begun
        client.close()
        return found

    def sent(self, client, item):
        client.command('wait-for-news', 0.005)
        return any(row['item'] == item and row['state'] in ('sent', 'filed')
                   for row in client.command('outbox')['outbox'])


def measure(options):
    figures = {}
    with links.Link() as link:
        certificate = lambda authority: authority.issue(
            'latency', hosts=('localhost', '127.0.0.1', link.host))
        with Dovecot(certificate=certificate) as dovecot, open_submission(dovecot) as submission:
            many = [*letters.letters(options.messages)]
            dovecot.save('alice', 'INBOX', [large_message(), *many])
            for rtt_ms, loss in [(rtt, 0.0) for rtt in options.rtt] + [(50, 0.01)]:
                bench = Bench(dovecot, submission, link)
                for number in range(options.runs):
                    link.set(rtt_ms, loss=loss)
                    for flow, seconds in bench.run(number).items():
                        figures.setdefault(flow, {}).setdefault((rtt_ms, loss), []).append(seconds)
                process.remove_directory(bench.directory)
    return figures


def report(figures):
    cases = list(next(iter(figures.values())))
    say(f'\n{"milliseconds (round trips)":30}' +
        ''.join(f'{f"{rtt} ms" + (f", {loss:.0%} lost" if loss else ""):>20}' for rtt, loss in cases))
    for flow in FLOWS:
        cells = []
        base = statistics.median(figures[flow][(0, 0.0)]) if (0, 0.0) in figures[flow] else None
        for rtt, loss in cases:
            seconds = statistics.median(figures[flow][(rtt, loss)])
            trips = f' ({(seconds - base) / rtt * 1000:4.1f})' if rtt and base is not None else ''
            cells.append(f'{seconds * 1000:.0f}{trips}')
        say(f'{flow:30}' + ''.join(f'{cell:>20}' for cell in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--latency', action='store_true', help=argparse.SUPPRESS)
    parser.add_argument('--messages', type=int, default=2000)
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--rtt', type=int, action='append')
    options = parser.parse_args()
    options.rtt = [0, *[rtt for rtt in options.rtt or [50, 200] if rtt]]
    if not links.is_available():
        say('skipped: needs root, network namespaces and /dev/net/tun')
        return
    report(measure(options))


if __name__ == '__main__':
    main()
