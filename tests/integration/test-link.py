"""COMPRESS is agreed on where the link was slow the last time, and measured before."""

import os
import sqlite3
import tempfile
import time
import unittest

from servers import Dovecot, letters, process, tap
from servers.proxy import Proxy
from sync_client import SyncClient


class LinkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dovecot = cls.enterClassContext(Dovecot())
        cls.many = list(letters.letters(60))

    def run_once(self, user, directory, proxy):
        client = SyncClient(self.dovecot, user, security='none', port=proxy.port,
                            directory=directory)
        try:
            report = client.sync(bodies='all')
            self.assertNotIn('error', report)
            return len(client.dump()['INBOX']['messages'])
        finally:
            client.close()

    def prepare(self, user, on_answer=None):
        self.dovecot.save(user, 'INBOX', self.many)
        proxy = Proxy(self.dovecot.imap_port, on_answer=on_answer)
        self.addCleanup(proxy.close)
        directory = tempfile.mkdtemp(prefix='pipit-link-')
        self.addCleanup(process.remove_directory, directory)
        return directory, proxy

    def learnt(self, directory):
        path = os.path.join(directory, 'journal.db')
        with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as journal:
            return [int(value.split()[0]) for value, in journal.execute(
                "SELECT value FROM learnt WHERE key LIKE 'link-bytes-per-second@%'")]

    def test_slow_link_is_packed_the_next_time(self):
        def slowly(data):
            time.sleep(len(data) / 1e6)
            return data

        directory, proxy = self.prepare('alice', slowly)
        self.assertEqual(self.run_once('alice', directory, proxy), 60)
        self.assertEqual(proxy.sent('COMPRESS'), [])
        measured, = self.learnt(directory)
        print(f'# measured {measured / 1e6:.2f} MB/s of 1 MB/s', flush=True)
        self.assertLess(measured, 1500000)

        self.dovecot.save('alice', 'INBOX', list(letters.letters(30, seed=2)))
        self.assertEqual(self.run_once('alice', directory, proxy), 90)
        self.assertEqual(len(proxy.sent('COMPRESS DEFLATE')), 1)

    def test_fast_link_is_not(self):
        directory, proxy = self.prepare('bob')
        for _ in range(2):
            self.assertEqual(self.run_once('bob', directory, proxy), 60)
        if all(measured > 3000000 for measured in self.learnt(directory)):
            self.assertEqual(proxy.sent('COMPRESS'), [])
        else:
            print('# this machine is too busy to be a fast link', flush=True)


if __name__ == '__main__':
    tap.main()
