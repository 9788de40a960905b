"""Somebody asks for a message while bulk work is under way on the only connection.

Over a link of 2 Mbit/s and 50 ms where the machine allows for one (tests/servers/link.py), else over
loopback. What it takes is printed and fails nothing; that everything arrives whole does.
"""

import statistics
import time
import unittest

from servers import Dovecot, letters, tap
from servers import link as links
from sync_client import SyncClient

RTT_MS, KBIT = 50, 2000


class InteractiveTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        hosts = ['localhost', '127.0.0.1', '::1']
        cls.link = None
        if links.is_available():
            cls.link = cls.enterClassContext(links.Link(RTT_MS, KBIT))
            hosts.append(cls.link.host)
        cls.dovecot = cls.enterClassContext(Dovecot(
            certificate=lambda authority: authority.issue('interactive', hosts=hosts),
            extra='mail_max_userip_connections = 1'))
        cls.many = list(letters.letters(500))

    def open(self, user, headers_only):
        client = SyncClient(self.dovecot, user, link=self.link, headers_only=headers_only)
        self.addCleanup(client.close)
        client.command('live')
        return client

    def rows(self, client):
        folder = client.dump().get('INBOX')
        return sorted(folder['messages'], key=lambda row: row['uid']) if folder else []

    def ask(self, client, row):
        begun = time.monotonic()
        answer = client.body('INBOX', row['uid'], 'text')
        self.assertNotIn('error', answer)
        self.assertIn(row['message_id'].encode(), answer['bytes'])
        return time.monotonic() - begun

    def say(self, what, took, status):
        where = f'{KBIT / 1000:g} Mbit/s, {RTT_MS} ms' if self.link else 'loopback'
        print(f'# {where}: {what}: answers after {statistics.median(took) * 1000:.0f} ms (at most '
              f'{max(took) * 1000:.0f}); longest stay of another job on the worker: '
              f'{status["longest_wait_us"] / 1000:.0f} ms', flush=True)

    def test_behind_headers_and_bodies(self):
        self.dovecot.save('alice', 'INBOX', self.many)
        client = self.open('alice', headers_only=False)
        client.wait_until(lambda: len(self.rows(client)) >= 100, 'the first rows')
        took = []
        for row in [row for row in self.rows(client) if row['size'] < 30000][:25]:
            took.append(self.ask(client, row))
            time.sleep(0.2)
        self.say('behind headers and prefetched bodies', took, client.command('status'))

    def test_behind_a_large_download(self):
        large = (b'From: a@example.test\r\nSubject: large\r\nMessage-ID: <large@example.test>\r\n\r\n'
                 + b'0123456789abcdef0123456789abcdef0123456789abcdef\r\n' * 16000)
        self.dovecot.save('bob', 'INBOX', [large, *self.many[:30]])
        client = self.open('bob', headers_only=True)
        client.wait_until(lambda: client.command('status')['live'], 'the end of the first sync')
        rows = {row['message_id']: row for row in self.rows(client)}
        target = rows.pop('large@example.test')
        client.command('fetch', 'INBOX', target['uid'])
        took = []
        progress = set()
        for row in [row for row in rows.values() if row['size'] < 30000][:8]:
            progress.add(client.command('status')['download_done'])
            took.append(self.ask(client, row))
            time.sleep(0.25)
        self.say('behind a large download', took, client.command('status'))
        answer = client.body('INBOX', target['uid'], 'whole')
        self.assertTrue(answer['whole'])
        self.assertEqual(answer['bytes'].rstrip(), large.rstrip())
        if self.link:
            self.assertGreater(len(progress), 1, 'the download was never under way')


if __name__ == '__main__':
    tap.main()
